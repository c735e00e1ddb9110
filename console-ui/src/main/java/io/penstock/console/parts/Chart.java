// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.Svg;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Span;
import java.util.List;
import java.util.Locale;

/// One measure over time: a line, what it is now, and the most it was. Drawn by the server, read by screen readers as
/// a sentence.
public final class Chart extends Div {
    private static final long serialVersionUID = 1L;
    private static final double WIDTH = 300;
    private static final double HEIGHT = 60;

    private final String unit;
    private final Span now = new Span();
    private final Span most = new Span();
    private final Div drawing = new Div();

    /// @param unit of the values, such as `B/s`
    public Chart(String title, String unit) {
        this.unit = unit;
        addClassName("chart");
        now.addClassName("chart-now");
        most.addClassNames("quiet", "chart-most");
        drawing.addClassName("chart-drawing");
        drawing.getElement().setAttribute("role", "img");
        add(new H3(title), now, drawing, most);
    }

    /// @param values oldest first, per second
    public void show(List<Double> values) {
        double top = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        double last = values.isEmpty() ? 0 : values.getLast();
        now.setText(readable(last) + unit);
        most.setText("at most " + readable(top) + unit);
        drawing.getElement().setAttribute("aria-label", now.getText() + " now, " + most.getText());
        drawing.removeAll();
        if (values.size() > 1) {
            drawing.add(new Svg(line(values, Math.max(top, 1e-9))));
        }
    }

    private static String line(List<Double> values, double top) {
        var points = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    WIDTH * i / (values.size() - 1),
                    HEIGHT - 2 - (HEIGHT - 6) * values.get(i) / top));
        }
        return "<svg viewBox='0 0 300 60' preserveAspectRatio='none'><polygon points='0,60 " + points
                + "300,60'></polygon><polyline points='" + points + "'></polyline></svg>";
    }

    /// Three digits, and a prefix where it is large.
    public static String readable(double value) {
        String[] prefixes = {"", "k", "M", "G", "T"};
        int prefix = 0;
        while (value >= 1000 && prefix < prefixes.length - 1) {
            value /= 1000;
            prefix++;
        }
        var text = value >= 100 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.1f", value);
        return text + " " + prefixes[prefix];
    }
}
