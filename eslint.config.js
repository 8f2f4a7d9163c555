import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const typed = ['src/**/*.ts', 'src/**/*.vue', 'e2e/**/*.ts', 'benchmarks/**/*.ts', '*.config.ts']
const window = ['src/renderer/**/*.ts', 'src/renderer/**/*.vue']

const noPlainRandom = {
  object: 'Math',
  property: 'random',
  message: 'Everything outside the window must be repeatable: take a seeded stream of src/main/learn instead.'
}

// A component imported from a .vue file is `any` to typescript-eslint, which cannot read it; vue-tsc can, and checks these files.
const unsafe = ['no-unsafe-argument', 'no-unsafe-assignment', 'no-unsafe-call', 'no-unsafe-member-access', 'no-unsafe-return', 'no-redundant-type-constituents', 'restrict-plus-operands']
const unsafeOff = Object.fromEntries(unsafe.map((rule) => [`@typescript-eslint/${rule}`, 'off']))

export default tseslint.config(
  { ignores: ['assembly/', 'out/', 'dist/', 'node_modules/', 'coverage/', 'test-results/', 'playwright-report/', '.cache/', 'shared/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs,ts,vue}'],
    extends: [js.configs.recommended],
    rules: { eqeqeq: 'error', 'no-restricted-properties': ['error', noPlainRandom] }
  },
  {
    files: typed,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.node.json', './tsconfig.web.json'], tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.vue'] }
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      // Numbers and booleans in sentences for people are what templates are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => void call()` and arrows that return nothing in particular are this project's style.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Types end where files, wires and libraries begin; the checks there look unnecessary to the compiler.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // `get<Row>(sql)` states what the caller knows and the compiler cannot.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }]
    }
  },
  {
    files: ['src/**/*.vue'],
    extends: [vue.configs['flat/recommended'], accessibility.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      // Layout of templates is the writer's; these rules would only reformat.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/require-default-prop': 'off',
      'vue/attributes-order': 'off',
      'vue/multi-word-component-names': 'off',
      // The default of a destructured prop is the prop's default; Vue makes an absent boolean false, never undefined.
      '@typescript-eslint/no-useless-default-assignment': 'off',
      'vuejs-accessibility/heading-has-content': ['error', { accessibleChildren: ['EditableText'] }],
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      // In a list box, grid or group of radio buttons the container has the focus and hears the keys; its children only take clicks.
      // A focusable separator (a splitter) is interactive by ARIA 1.2, which these rules do not know.
      'vuejs-accessibility/no-static-element-interactions': 'off',
      'vuejs-accessibility/interactive-supports-focus': 'off',
      'vuejs-accessibility/click-events-have-key-events': 'off'
    }
  },
  { files: window, languageOptions: { globals: globals.browser }, rules: { 'no-restricted-properties': 'off', ...unsafeOff } },
  { files: ['scripts/**/*.mjs', '*.config.js', '*.cjs'], languageOptions: { globals: globals.node } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['**/*.test.ts', 'e2e/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' }
  }
)
