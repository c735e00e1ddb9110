// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/// The machine's own Chromium, driven by Playwright. Nothing is downloaded.
public record Chromium(Playwright playwright, Browser browser) implements AutoCloseable {
    private static final Path EXECUTABLE = Path.of("/usr/bin/chromium");

    /// Skips the test where there is no Chromium, but never in CI.
    public static Chromium started() {
        if (!Files.isExecutable(EXECUTABLE)) {
            var advice = "no " + EXECUTABLE + ": apt-get install chromium chromium-driver";
            if (System.getenv("CI") != null) {
                throw new IllegalStateException(advice);
            }
            Assumptions.abort(advice);
        }
        var playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        var browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(EXECUTABLE)
                        .setHeadless(true)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
        return new Chromium(playwright, browser);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
