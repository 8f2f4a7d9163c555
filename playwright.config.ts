import { defineConfig, devices } from '@playwright/test'
import type { HostOptions } from './e2e/application.ts'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
// Chromium refuses to run as root with its own sandbox, as in a container.
const asRoot = process.getuid?.() === 0

/**
 * End-to-end tests of the built application: the same specs for the Node host in Chromium (`served`) and for the desktop
 * application (`electron`, skipped where there is no Electron binary). `npm test -- e2e` builds first.
 */
export default defineConfig<object, HostOptions>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: false,
  // Training takes the cores; two specs at once would only wait for each other.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    actionTimeout: 10_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath,
      args: [
        ...(asRoot ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run'
      ]
    }
  },
  projects: [
    { name: 'served', use: { host: 'served' } },
    { name: 'electron', use: { host: 'electron' } }
  ]
})
