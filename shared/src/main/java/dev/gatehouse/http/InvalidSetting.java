package dev.gatehouse.http;

/** A setting that cannot be: the start ends here, with one line that names the setting and never shows a secret. */
public final class InvalidSetting extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    InvalidSetting(String setting, String message) {
        super(setting + " " + message);
    }
}
