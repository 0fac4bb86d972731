// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of this SPI. A plugin's JAR names the one that it was built against in its manifest, in the attribute
 * {@code Penstock-Spi-Version}; core compares before it loads a class.
 *
 * <p>A minor version only adds. A host accepts its own major version with any minor version up to its own.
 *
 * <pre>{@code
 * SpiVersion.CURRENT.accepts(SpiVersion.parse("1.0")) // true on every 1.x host
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param major changes when a compiled plugin could break
 * @param minor changes when something was added
 */
public record SpiVersion(int major, int minor) implements Comparable<SpiVersion> {

    /** The version of the SPI on the class path; at run time, the host's. */
    public static final SpiVersion CURRENT = new SpiVersion(1, 0);

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})");

    /** Refuses negative numbers with {@link IllegalArgumentException}. */
    public SpiVersion {
        if (major < 0 || minor < 0) {
            throw new IllegalArgumentException("SPI version must not be negative: " + major + "." + minor);
        }
    }

    /**
     * Reads {@code major.minor}.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static SpiVersion parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("SPI version must look like 1.0: " + text);
        }
        return new SpiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** Whether a host of this version can run a plugin that was built against the other one. */
    public boolean accepts(SpiVersion built) {
        return built.major == major && built.minor <= minor;
    }

    /** Orders by major, then minor. */
    @Override
    public int compareTo(SpiVersion other) {
        int byMajor = Integer.compare(major, other.major);
        return byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
    }

    /** The form of the manifest: {@code major.minor}. */
    @Override
    public String toString() {
        return major + "." + minor;
    }
}
