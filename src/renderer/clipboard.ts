import { useNotices } from './stores/notices.ts'
import { strings } from './strings.ts'

/** Copying and saving from the window, with the outcome in the status bar. */
export function useClipboard(): {
  readonly copyText: (text: string) => Promise<void>
  readonly copyImage: (image: Blob) => Promise<void>
  readonly save: (content: Blob, fileName: string) => void
} {
  const notices = useNotices()
  const copied = async (write: () => Promise<void>, message: string): Promise<void> => {
    try {
      await write()
      notices.info(message)
    } catch {
      notices.push('warning', strings.common.copyFailed)
    }
  }
  return {
    copyText: (text) => copied(() => navigator.clipboard.writeText(text), strings.common.copied),
    copyImage: (image) => copied(() => navigator.clipboard.write([new ClipboardItem({ [image.type]: image })]), strings.charts.pngCopied),
    save(content, fileName) {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(content)
      link.download = fileName
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
    }
  }
}
