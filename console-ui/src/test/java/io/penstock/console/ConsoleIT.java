// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// A person with a browser in front of the console, and a control plane behind it that comes and goes.
class ConsoleIT {
    /// How long a person would look before saying that it does not work.
    private static final double PATIENCE_MILLIS = 30_000;

    private static Chromium chromium;
    private PaperControlPlane plane;
    private ConfigurableApplicationContext console;
    private BrowserContext browser;

    @BeforeAll
    static void openBrowser() {
        chromium = Chromium.started();
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    }

    @AfterAll
    static void closeBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void start() {
        plane = PaperControlPlane.started();
        console = startedConsole(0);
        browser = chromium.browser().newContext();
        browser.setDefaultTimeout(PATIENCE_MILLIS);
    }

    @AfterEach
    void stop() {
        browser.pages().forEach(page -> picture(page, "last"));
        browser.close();
        console.close();
        plane.close();
    }

    @Test
    void aWrongKeyIsToldSoAndOpensNothing() {
        var page = opened();

        submit(page, "psk_01K5WRONG_nothing");

        assertThat(page.getByRole(AriaRole.STATUS)).containsText("does not accept this key");
        page.navigate(address() + "clusters");
        assertThat(page.locator("#api-key")).isVisible();
    }

    @Test
    void afterSignInTheClusterIsThere() {
        var page = signedIn();

        assertThat(page.locator("article h2")).hasText("orders");
        assertThat(page.locator(".card-tenant")).hasText("demo");
        assertThat(page.locator("article .phase")).hasText("ready");
        assertThat(page.locator(".copy-text code")).hasText("127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094");
        assertThat(page.locator(".shard-line")).hasCount(3);
        assertThat(page.locator(".shard")).hasCount(16);
        assertThat(page.locator(".brokers tbody tr")).hasCount(3);
        assertThat(page.locator(".brokers tbody tr").first()).containsText("41200");
        picture(page, "clusters-light");
    }

    @Test
    void bootstrapServersAreCopiedByOneClick() {
        browser.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        var page = signedIn();

        page.locator(".copy-button").click();

        assertThat(page.locator(".copy-button[data-copied]")).isVisible();
        org.assertj.core.api.Assertions.assertThat(page.evaluate("navigator.clipboard.readText()"))
                .isEqualTo("127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094");
        picture(page, "copied");
    }

    @Test
    void aFailoverIsSeenWhileItHappens() {
        var page = signedIn();
        assertThat(page.locator(".shard-line")).hasCount(3);

        plane.shardsLed(Map.of(0, 6, 1, 5));
        assertThat(page.locator(".shard-leaderless")).hasCount(5);
        assertThat(page.locator(".trouble")).hasText("5 of 16 shards have no leader.");
        picture(page, "failover-before");

        plane.shardsLed(Map.of(0, 8, 1, 8));
        assertThat(page.locator(".shard-leaderless")).hasCount(0);
        assertThat(page.locator(".shard-gained")).hasCount(5);
        assertThat(page.locator(".happenings")).containsText("Node 2 is gone; it led 5 shards");
        assertThat(page.locator(".happenings")).containsText("Every shard has a leader again");
        picture(page, "failover-after");
    }

    @Test
    void anObjectStoreInTroubleIsToldAndForgottenWhenItIsWell() {
        var page = signedIn();
        assertThat(page.locator(".trouble")).isHidden();

        plane.storeIsUnavailable(true);
        assertThat(page.locator(".trouble")).hasText("The object store fails most requests.");
        picture(page, "store-unavailable");

        plane.storeIsUnavailable(false);
        assertThat(page.locator(".trouble")).isHidden();
    }

    @Test
    void anAbsentControlPlaneLeavesThePictureAndItsReturnIsNoticed() {
        var page = signedIn();
        assertThat(page.locator("article h2")).hasText("orders");

        plane.goesAway();
        assertThat(page.locator(".notice")).containsText("The control plane does not answer; retrying");
        assertThat(page.locator("article h2")).hasText("orders");
        picture(page, "away");

        plane.shardsLed(Map.of(0, 4, 1, 4, 2, 4, 3, 4));
        plane.comesBack();
        assertThat(page.locator(".notice")).isHidden();
        assertThat(page.locator(".shard-line")).hasCount(4);
    }

    @Test
    void aRevokedKeyLeadsBackToTheSignIn() {
        var page = signedIn();
        assertThat(page.locator("article h2")).hasText("orders");

        plane.accepts("psk_another_one");

        assertThat(page.locator(".notice")).containsText("stopped accepting your key");
        assertThat(page.locator("#api-key")).isVisible();
    }

    @Test
    void signOutEndsTheSession() {
        var page = signedIn();

        page.locator("#sign-out").click();

        assertThat(page.locator("#api-key")).isVisible();
        page.navigate(address() + "clusters");
        assertThat(page.locator("#api-key")).isVisible();
    }

    @Test
    void aRestartedConsoleHasForgottenTheKeyAndAsksForIt() {
        var page = signedIn();
        assertThat(page.locator("article h2")).hasText("orders");
        var port = console.getEnvironment().getRequiredProperty("local.server.port", Integer.class);

        console.close();
        console = startedConsole(port);

        assertThat(page.locator("#api-key")).isVisible();
        submit(page, PaperControlPlane.KEY);
        assertThat(page.locator("article h2")).hasText("orders");
    }

    @Test
    void withoutClustersThePageSaysHowToMakeOne() {
        plane.hasNoClusters();

        var page = signedIn();

        assertThat(page.locator(".empty-state")).containsText("No clusters yet");
        picture(page, "empty");
    }

    @Test
    void itFollowsTheSystemIntoTheDarkAndFitsANarrowScreen() {
        browser.close();
        browser = chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setColorScheme(ColorScheme.DARK)
                        .setViewportSize(390, 844));
        browser.setDefaultTimeout(PATIENCE_MILLIS);

        var page = opened();
        picture(page, "signin-dark-narrow");
        submit(page, PaperControlPlane.KEY);

        assertThat(page.locator("article h2")).hasText("orders");
        var background = page.evaluate("getComputedStyle(document.querySelector('article')).backgroundColor");
        org.assertj.core.api.Assertions.assertThat(background).isEqualTo("rgb(23, 29, 35)");
        var overflow = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth");
        org.assertj.core.api.Assertions.assertThat(overflow).isEqualTo(true);
        picture(page, "clusters-dark-narrow");
        page.setViewportSize(1280, 900);
        picture(page, "clusters-dark");
    }

    private ConfigurableApplicationContext startedConsole(int port) {
        return new SpringApplicationBuilder(ConsoleAlone.class)
                .run(
                        "--server.port=" + port,
                        "--server.address=127.0.0.1",
                        "--penstock.console.api-url=" + plane.uri(),
                        "--penstock.console.refresh=200ms");
    }

    private String address() {
        return "http://127.0.0.1:" + console.getEnvironment().getRequiredProperty("local.server.port") + "/console/";
    }

    private Page opened() {
        var page = browser.newPage();
        page.navigate(address());
        assertThat(page.locator("#api-key")).isVisible();
        return page;
    }

    private Page signedIn() {
        var page = opened();
        submit(page, PaperControlPlane.KEY);
        assertThat(page.locator(".page-header")).isVisible();
        return page;
    }

    private static void submit(Page page, String key) {
        page.locator("#api-key input").fill(key);
        page.locator("#sign-in").click();
    }

    /// With `-Dscreenshots=FOLDER`, what a person would see is kept there.
    private static void picture(Page page, String name) {
        Optional.ofNullable(System.getProperty("screenshots"))
                .ifPresent(folder -> page.screenshot(new Page.ScreenshotOptions()
                        .setPath(Path.of(folder, name + ".png"))
                        .setFullPage(true)));
    }
}
