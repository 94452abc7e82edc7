/** Whether browser tests run. Where `CHROMIUM_PATH` names none they are skipped, by name, or fail under `REQUIRE_CHROMIUM`. */
export const hasChromium: boolean = Boolean(process.env.CHROMIUM_PATH)

if (!hasChromium && process.env.REQUIRE_CHROMIUM) throw new Error('REQUIRE_CHROMIUM is set, but CHROMIUM_PATH is not')
