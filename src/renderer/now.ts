import { onScopeDispose, ref, type Ref } from 'vue'

/** The present time, renewed every half minute, for texts such as "5 min ago". */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 30_000)
  onScopeDispose(() => clearInterval(timer))
  return now
}
