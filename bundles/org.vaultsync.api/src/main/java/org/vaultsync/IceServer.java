// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server that helps to get through a router (STUN), or passes on what cannot get through (TURN).
 *
 * @param url such as {@code stun:example.org:3478} or {@code turns:example.org:443?transport=tcp}
 * @param user of a TURN server; empty for STUN
 * @param password of a TURN server; empty for STUN
 */
public record IceServer(String url, String user, String password) {
    private static final Pattern URL = Pattern.compile(
            "(stun|stuns|turn|turns):([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::([0-9]{1,5}))?(\\?transport=(?:udp|tcp))?");

    public IceServer {
        Matcher url1 = URL.matcher(url);
        if (!url1.matches() || url1.group(3) != null && !isPort(url1.group(3))) {
            throw new IllegalArgumentException("“" + url
                    + "” is not the address of a STUN or TURN server; one looks like stun:example.org:3478 or"
                    + " turn:example.org:3478?transport=tcp.");
        }
        boolean relays = url.startsWith("turn");
        if (!relays && url1.group(4) != null) {
            throw new IllegalArgumentException("A STUN server has no transport: “" + url + "”.");
        }
        if (relays && (user.isBlank() || password.isBlank())) {
            throw new IllegalArgumentException("A TURN server takes a user and a password: “" + url + "”.");
        }
        if (!relays && !(user.isEmpty() && password.isEmpty())) {
            throw new IllegalArgumentException("A STUN server takes no user and password: “" + url + "”.");
        }
        if (!isText(user) || !isText(password)) {
            throw new IllegalArgumentException(
                    "The user and the password of a server have up to 256 characters, without spaces: “" + url + "”.");
        }
    }

    private static boolean isPort(String digits) {
        int port = Integer.parseInt(digits);
        return port > 0 && port <= 65_535;
    }

    private static boolean isText(String text) {
        return text.length() <= 256 && text.chars().allMatch(each -> each > ' ' && each != 0x7f);
    }

    /**
     * Reads a line: the address, and for TURN the user and the password after it, with spaces between.
     *
     * @throws IllegalArgumentException if it is none, with a sentence for people
     */
    public static IceServer parse(String line) {
        String[] words = line.strip().split("\\s+");
        if (words.length == 2 || words.length > 3) {
            throw new IllegalArgumentException(
                    "A server is one line: its address, and for TURN the user and the password after it.");
        }
        return new IceServer(words[0], words.length == 3 ? words[1] : "", words.length == 3 ? words[2] : "");
    }

    /** What {@link #parse} reads. */
    public String line() {
        return user.isEmpty() ? url : url + " " + user + " " + password;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return url;
    }
}
