// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import java.time.Duration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Serves the two style sheets of the shell. Vaadin links them outside of its own path, and an application around the
/// console may well serve no files at all.
@Configuration(proxyBeanMethods = false)
class StyleSheets implements WebMvcConfigurer {
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        // The links carry a hash of the content, so a new version has a new address.
        registry.addResourceHandler("/lumo/**")
                .addResourceLocations("classpath:/META-INF/resources/lumo/")
                .setCacheControl(CacheControl.maxAge(Duration.ofDays(30)));
        registry.addResourceHandler("/penstock/**")
                .addResourceLocations("classpath:/META-INF/resources/penstock/")
                .setCacheControl(CacheControl.maxAge(Duration.ofDays(30)));
    }
}
