import { onScopeDispose, ref, type Ref } from 'vue'

/** The present time, renewed every half minute for texts such as "5 min ago", or as often as asked. */
export function useNow(milliseconds = 30_000): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), milliseconds)
  onScopeDispose(() => clearInterval(timer))
  return now
}
