/** Data sets that the bench ships, one click away. */
export const sampleNames = ['mnist-10k', 'digits', 'spam', 'iris', 'wine', 'breast-cancer'] as const
export type SampleName = (typeof sampleNames)[number]

export const sampleTitles: Readonly<Record<SampleName, string>> = {
  'mnist-10k': 'MNIST 10k',
  digits: 'Digits 8x8',
  spam: 'Spam e-mail',
  iris: 'Iris',
  wine: 'Wine',
  'breast-cancer': 'Breast cancer'
}
