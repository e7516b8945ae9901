import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url));

const config: ViteUserConfig = defineConfig({
  resolve: {
    // Generated fixtures name the package; the tests are about what is written here, not about what was built.
    alias: { "procwire/stub-v1": source("stub_v1.ts"), procwire: source("index.ts") },
  },
  test: { include: ["tests/**/*.test.ts"], globalSetup: ["tests/support/build.ts"], testTimeout: 60_000 },
});

export default config;
