// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.penstock.console.Chromium;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A person who knows nothing, with a browser in front of the whole service: from the sign-in to a first record, and
/// through every page on the way. `-Dscreenshots=FOLDER` keeps what they saw.
class ConsoleTourIT {
    /// How long a person would look before saying that it does not work.
    private static final double PATIENCE_MILLIS = 60_000;

    private static Chromium chromium;
    private static RunningPenstock penstock;

    @TempDir
    static Path folder;

    private BrowserContext browser;
    private Page page;

    @BeforeAll
    static void start() throws Exception {
        chromium = Chromium.started();
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
        penstock = new RunningPenstock(folder.resolve("data")).up();
    }

    @AfterAll
    static void stop() throws Exception {
        if (penstock != null) {
            penstock.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        browser = chromium.browser().newContext();
        browser.setDefaultTimeout(PATIENCE_MILLIS);
        page = browser.newPage();
        page.navigate(penstock.api().base() + "/");
        page.locator("#api-key input")
                .fill(Files.readString(penstock.folder().secret("api-key")).strip());
        page.locator("#sign-in").click();
        assertThat(page.locator("article h2")).hasText("demo");
    }

    @AfterEach
    void close() {
        picture("last");
        browser.close();
    }

    @Test
    void fromNothingToAFirstRecord() throws Exception {
        page.locator(".create-cluster").first().click();
        page.locator("#cluster-name input").fill("orders");
        page.locator(".same-as").first().locator("vaadin-details-summary").click();
        assertThat(page.locator(".code-block pre")).containsText("\"name\" : \"orders\"");
        picture("1-new-cluster");
        page.locator("#create-cluster").click();

        assertThat(page.locator("h1")).hasText("orders");
        assertThat(page.locator(".page-facts .phase")).hasText("ready");
        assertThat(page.locator(".code-block pre")).containsText("bootstrap");
        picture("2-connect");

        tab("Access");
        page.locator("#create-account").click();
        page.locator("#account-name input").fill("shop");
        confirm();
        page.locator(".new-credential").click();
        confirm();
        var secret = page.locator(".secret code").textContent();
        var user = page.locator("vaadin-dialog .copy-text code").first().textContent();
        picture("3-secret");
        page.locator("#secret-kept").click();
        page.locator(".give-access").click();
        page.locator("#grant-topic input").fill("events");
        assertThat(page.locator("vaadin-dialog .happenings")).containsText("write: topic events");
        picture("4-give-access");
        confirm();
        assertThat(page.locator(".access")).containsText("write: topic events");
        picture("5-access");

        tab("Topics");
        assertThat(page.locator("div.empty-state")).containsText("No topics yet");
        page.locator("#create-topic").click();
        page.locator("#topic-name input").fill("events");
        picture("6-new-topic");
        confirm();
        assertThat(page.locator("h1")).hasText("events");
        assertThat(page.locator(".topic-page")).containsText("cleanup.policy");
        picture("7-topic");

        produce(bootstrapServers("orders"), user, secret, "events");
        page.locator("#look").click();
        assertThat(page.locator(".records")).containsText("record");
        assertThat(page.locator(".scan")).containsText("Looked at 1 records, 1 matched");
        picture("8-first-record");

        page.locator("#produce").click();
        page.locator("#produce-value textarea").fill("from the console");
        confirm();
        assertThat(page.locator(".scan")).containsText("2 matched");

        page.locator(".way a").nth(1).click();
        assertThat(page.locator(".chart")).hasCount(3);
        picture("9-overview");
        tab("Connect");
        assertThat(page.locator(".first-record")).containsText("Your first record is here");
        picture("10-connected");
        tab("Groups");
        assertThat(page.locator("div.empty-state")).containsText("No consumer groups yet");
    }

    @Test
    void aTopicIsChangedDeletedAndComesBack() {
        page.locator("article h2 a").click();
        tab("Topics");
        page.locator("#create-topic").click();
        page.locator("#topic-name input").fill("lost-and-found");
        confirm();
        assertThat(page.locator("h1")).hasText("lost-and-found");

        page.locator("#add-partitions").click();
        confirm();
        assertThat(page.locator(".facts").first()).containsText("2");

        page.locator("#delete-topic").click();
        assertThat(page.locator(".confirm")).isDisabled();
        page.locator(".typed input").fill("lost-and-found");
        confirm();
        assertThat(page.locator("div.empty-state")).containsText("No topics yet");

        page.getByLabel("Deleted").check();
        page.locator("vaadin-grid vaadin-button").click();
        assertThat(page.locator("vaadin-grid a")).hasText("lost-and-found");
    }

    @Test
    void everyPageShowsWhatThereIs() {
        page.getByText("Fleets").first().click();
        assertThat(page.locator(".fleets h2")).hasText("local");
        assertThat(page.locator(".drain")).hasCount(3);
        picture("fleets");

        page.getByText("Storage").first().click();
        assertThat(page.locator(".check-passed").first()).isVisible();
        picture("storage");

        page.getByText("Activity").first().click();
        assertThat(page.locator(".activity vaadin-grid")).isVisible();
        picture("activity");

        page.getByText("Usage").first().click();
        assertThat(page.locator(".usage .section-header h2")).containsText("in the last month");
        picture("usage");

        page.getByText("Events").first().click();
        assertThat(page.locator(".events vaadin-grid")).isVisible();
        picture("events");

        page.getByText("API keys").first().click();
        assertThat(page.locator(".keys vaadin-grid")).isVisible();
        picture("keys");
    }

    @Test
    void whatIsWrongIsSaidAtItsField() {
        page.locator(".create-cluster").first().click();
        page.locator("#create-cluster").click();
        assertThat(page.locator("#cluster-name")).containsText("A cluster needs a name");

        page.locator("#cluster-name input").fill("demo");
        page.locator("#create-cluster").click();
        assertThat(page.locator("#cluster-name [slot=error-message]")).not().isEmpty();
        assertThat(page.locator("h1")).hasText("New cluster");

        page.navigate(penstock.api().base() + "/console/clusters/kc_01NOTHERE/overview");
        assertThat(page.locator("div.empty-state")).containsText("There is no such thing");
    }

    private void tab(String title) {
        page.locator("vaadin-tabs a", new Page.LocatorOptions().setHasText(title))
                .click();
    }

    private void confirm() {
        Locator confirm = page.locator(".confirm");
        confirm.click();
        assertThat(confirm).hasCount(0);
    }

    private static String bootstrapServers(String cluster) {
        return penstock.api()
                .named("/v1/clusters", cluster)
                .orElseThrow()
                .at("/status/bootstrap_servers")
                .asString();
    }

    private static void produce(String servers, String user, String secret, String topic) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                servers,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                        + secret + "\";");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            var stored = producer.send(new ProducerRecord<>(topic, "first", "record"))
                    .get(60, TimeUnit.SECONDS);
            assertThat(stored.offset()).isZero();
        }
    }

    private void picture(String name) {
        Optional.ofNullable(System.getProperty("screenshots"))
                .ifPresent(pictures -> page.screenshot(new Page.ScreenshotOptions()
                        .setPath(Path.of(pictures, name + ".png"))
                        .setFullPage(true)));
    }
}
