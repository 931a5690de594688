// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.webrtc;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The description of one end of a connection that carries data channels and nothing else. It comes from the network and
 * goes into native code, so all that is not of that form is refused.
 *
 * @param text lines that end in CR LF
 */
record Sdp(String text) {
    private static final int LONGEST = 16 << 10;
    private static final int MOST_LINES = 300;
    private static final int LONGEST_LINE = 1024;
    private static final Pattern LINE = Pattern.compile("[vostcbam]=[\\x20-\\x7e]{0," + LONGEST_LINE + "}");
    private static final Pattern SECTION =
            Pattern.compile("m=application \\d{1,5} (?:UDP|TCP)/DTLS/SCTP webrtc-datachannel");
    private static final Pattern FINGERPRINT =
            Pattern.compile("a=fingerprint:sha-256 ((?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})");
    private static final Pattern ICE =
            Pattern.compile("a=ice-(?:ufrag:[A-Za-z0-9+/]{4,256}|pwd:[A-Za-z0-9+/]{22,256})");
    private static final Pattern SETUP = Pattern.compile("a=setup:(?:actpass|active|passive)");
    private static final Pattern PORT = Pattern.compile("a=sctp-port:(\\d{1,5})");
    private static final Pattern CANDIDATE = Pattern.compile("a=(candidate:.*)");

    Sdp {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("a description of " + text.length() + " characters, limit " + LONGEST);
        }
        List<String> lines = lines(text);
        if (lines.size() > MOST_LINES || lines.isEmpty() || !lines.getFirst().equals("v=0")) {
            throw new IllegalArgumentException("not a description");
        }
        for (String line : lines) {
            if (!LINE.matcher(line).matches()) {
                throw new IllegalArgumentException("a line that is none of a description");
            }
            Matcher candidate = CANDIDATE.matcher(line);
            if (candidate.matches()) {
                // With the first line as its place; what counts is its form.
                new Candidate(candidate.group(1), "0", 0);
            }
        }
        exactly(lines, "m=", SECTION, 1, 1);
        exactly(lines, "a=fingerprint:", FINGERPRINT, 1, 1);
        exactly(lines, "a=ice-ufrag:", ICE, 1, 1);
        exactly(lines, "a=ice-pwd:", ICE, 1, 1);
        exactly(lines, "a=setup:", SETUP, 1, 1);
        exactly(lines, "a=sctp-port:", PORT, 1, 1);
        exactly(lines, "o=", Pattern.compile("o=\\S{1,64} \\d{1,19} \\d{1,19} IN IP[46] \\S{1,255}"), 1, 1);
        exactly(lines, "a=mid:", Pattern.compile("a=mid:[A-Za-z0-9_-]{1,16}"), 0, 1);
        exactly(lines, "a=max-message-size:", Pattern.compile("a=max-message-size:\\d{1,18}"), 0, 1);
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }

    private static void exactly(List<String> lines, String beginning, Pattern form, int least, int most) {
        List<String> found =
                lines.stream().filter(line -> line.startsWith(beginning)).toList();
        if (found.size() < least || found.size() > most) {
            throw new IllegalArgumentException(found.size() + " lines " + beginning);
        }
        found.forEach(line -> {
            if (!form.matcher(line).matches()) {
                throw new IllegalArgumentException("a line " + beginning + " of another form");
            }
        });
    }

    /** With the line ends that native code takes. */
    String wire() {
        return String.join("\r\n", lines(text)) + "\r\n";
    }

    /** What follows a beginning that one line has, such as {@code a=setup:}. */
    String after(String beginning) {
        return lines(text).stream()
                .filter(line -> line.startsWith(beginning))
                .map(line -> line.substring(beginning.length()))
                .findFirst()
                .orElseThrow();
    }

    /** The hash of the certificate that this end shows, as upper-case hexadecimal digits with colons between. */
    String fingerprint() {
        return lines(text).stream()
                .map(FINGERPRINT::matcher)
                .filter(Matcher::matches)
                .map(found -> found.group(1).toUpperCase(Locale.ROOT))
                .findFirst()
                .orElseThrow();
    }
}
