/** Rows and columns of an image example, or null when its features are no image. */
export function imageSize(shape: readonly number[]): { readonly height: number; readonly width: number; readonly channels: number } | null {
  const [height, width, channels = 1] = shape
  return height === undefined || width === undefined || shape.length > 3 || ![1, 3, 4].includes(channels) ? null : { height, width, channels }
}

/** Draws one image of many pixel by pixel; floats are read as [0, 1], bytes as they are. */
export function drawExample(canvas: HTMLCanvasElement, features: Uint8Array | Float32Array, shape: readonly number[], place: number): void {
  const size = imageSize(shape)
  const context = canvas.getContext('2d')
  if (size === null || context === null) return
  const { height, width, channels } = size
  canvas.width = width
  canvas.height = height
  const scale = features instanceof Float32Array ? 255 : 1
  const start = place * height * width * channels
  const image = context.createImageData(width, height)
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    const from = start + pixel * channels
    for (let channel = 0; channel < 3; channel += 1) image.data[pixel * 4 + channel] = (features[from + (channels === 1 ? 0 : channel)] ?? 0) * scale
    image.data[pixel * 4 + 3] = channels === 4 ? (features[from + 3] ?? 0) * scale : 255
  }
  context.putImageData(image, 0, 0)
}
