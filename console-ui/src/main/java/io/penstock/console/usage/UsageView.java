// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.usage;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.grid.Grid;
import com.vaadin.flow.component.grid.GridVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Header;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.textfield.BigDecimalField;
import com.vaadin.flow.component.textfield.TextField;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.penstock.api.Prices;
import io.penstock.api.Resource;
import io.penstock.api.TenantSpec;
import io.penstock.api.TenantStatus;
import io.penstock.api.UsageReport;
import io.penstock.console.ask.ChangeDialog;
import io.penstock.console.ask.Desk;
import io.penstock.console.frame.ConsoleLayout;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.Kind;
import io.penstock.console.parts.Chart;
import io.penstock.console.parts.EmptyState;
import io.penstock.console.parts.PageHeader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What each tenant's clusters used in the last month, and what that costs at the prices that somebody set.
@Route(value = "usage", layout = ConsoleLayout.class)
@PageTitle("Usage · Penstock")
class UsageView extends Main {
    private static final long serialVersionUID = 1L;

    private final transient Desk desk;
    private final Div content = new Div();

    UsageView(Desk desk) {
        this.desk = desk;
        addClassNames("page", "usage");
        content.addClassName("content");
        var prices = new Button("Prices", click -> openPrices());
        prices.setId("prices");
        add(new PageHeader("Usage").action(prices), content);
        load();
    }

    private void load() {
        content.removeAll();
        desk.into(content, desk.api().all(Kind.TENANT, "/v1/tenants", Map.of()), tenants -> {
            if (tenants.isEmpty()) {
                content.add(new EmptyState("No tenants yet", "Usage is told per tenant."));
            }
            tenants.forEach(tenant -> content.add(createTenant(tenant)));
        });
    }

    private Section createTenant(Resource<TenantSpec, TenantStatus> tenant) {
        var title = new H2(tenant.metadata().name());
        var header = new Header(title);
        header.addClassName("section-header");
        var place = new Div();
        var section = new Section(header, place);
        section.addClassName("card");
        desk.into(
                place,
                desk.api().read(Kind.USAGE, "/v1/tenants/" + ApiCall.encoded(tenant.id()) + "/usage?per_topic=true"),
                report -> {
                    title.setText(tenant.metadata().name() + ": " + money(report.totalCost(), report.currency())
                            + " in the last month");
                    if (report.lines().isEmpty()) {
                        place.add(new EmptyState("Nothing used yet", "Requests and bytes are counted as they happen."));
                        return;
                    }
                    place.add(createLines(report));
                });
        return section;
    }

    private static Grid<UsageReport.Line> createLines(UsageReport report) {
        var grid = new Grid<UsageReport.Line>();
        grid.addColumn(line -> line.topic() == null ? line.clusterId() : "    " + line.topic())
                .setHeader("Cluster, topic")
                .setFlexGrow(3);
        column(grid, "Received", "topic.received.bytes", "B");
        column(grid, "Sent", "topic.sent.bytes", "B");
        column(grid, "PUTs", "store.put.requests", "");
        column(grid, "GETs", "store.get.requests", "");
        grid.addColumn(line -> money(line.cost(), report.currency()))
                .setHeader("Cost")
                .setFlexGrow(1);
        grid.addThemeVariants(GridVariant.LUMO_NO_BORDER, GridVariant.LUMO_ROW_STRIPES);
        grid.setItems(report.lines());
        grid.setAllRowsVisible(report.lines().size() <= 30);
        return grid;
    }

    private static void column(Grid<UsageReport.Line> grid, String title, String measure, String unit) {
        grid.addColumn(line -> Optional.ofNullable(line.quantities().get(measure))
                        .map(value -> Chart.readable(value) + unit)
                        .orElse(""))
                .setHeader(title)
                .setFlexGrow(1);
    }

    private static String money(BigDecimal amount, String currency) {
        return amount.setScale(amount.signum() != 0 && amount.abs().doubleValue() < 1 ? 4 : 2, RoundingMode.HALF_UP)
                + " " + currency;
    }

    private void openPrices() {
        desk.orTell(desk.api().read(Kind.PRICES, "/v1/prices"), this::openPrices);
    }

    private void openPrices(Prices now) {
        Map<String, BigDecimalField> fields = new LinkedHashMap<>();
        fields.put("put", price("1,000 requests that write", now.put()));
        fields.put("get", price("1,000 requests that read", now.get()));
        fields.put("list", price("1,000 listings", now.list()));
        fields.put("written", price("a GiB into the store", now.written()));
        fields.put("read", price("a GiB out of it", now.read()));
        fields.put("received", price("a GiB from producers", now.received()));
        fields.put("sent", price("a GiB to consumers", now.sent()));
        var currency = new TextField("Currency");
        currency.setValue(Optional.ofNullable(now.currency()).orElse("USD"));
        var dialog = new ChangeDialog<>(
                        desk,
                        "Prices",
                        "Save",
                        Kind.PRICES,
                        () -> {
                            Map<String, Object> body = new LinkedHashMap<>();
                            body.put("currency", currency.getValue().strip());
                            fields.forEach((name, field) ->
                                    field.getOptionalValue().ifPresent(value -> body.put(name, value)));
                            return ApiCall.put("/v1/prices", body);
                        },
                        saved -> load())
                .text("What the store's bill says. Costs are counted anew at these prices, also of what was.")
                .field("/currency", currency);
        fields.forEach((name, field) -> dialog.field("/" + name, field));
        dialog.open();
    }

    private static BigDecimalField price(String of, @Nullable BigDecimal now) {
        var field = new BigDecimalField("Price of " + of);
        field.setWidthFull();
        Optional.ofNullable(now).ifPresent(field::setValue);
        return field;
    }
}
