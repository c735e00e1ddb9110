// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

/// The kinds of ids; the prefix tells people and programs what an id names.
public enum IdPrefix {
    TENANT("tn"),
    BUCKET("bkt"),
    FLEET("flt"),
    BROKER("brk"),
    BROKER_MEMBER("mbr"),
    JOIN_TOKEN("jt"),
    CLUSTER("kc"),
    OPERATION("op"),
    SERVICE_ACCOUNT("sa"),
    API_KEY("key"),
    USER("usr"),
    ROLE_BINDING("rb"),
    IDENTITY_PROVIDER("idp"),
    EVENT("ev"),
    ALERT_RULE("alr"),
    ALERT("alt"),
    WEBHOOK("whk"),
    REQUEST("req");

    private final String text;

    IdPrefix(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
