package dev.gatehouse.redis;

/** A setting that is malformed or contradicts another. The message is one line, names the setting, and shows no secret. */
public final class InvalidSetting extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    public InvalidSetting(String name, String problem) {
        super(name + " " + problem);
    }
}
