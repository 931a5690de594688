// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What a person sets about this device: how it is reached, where it dials others, and its key. Found as an OSGi service
 * beside {@link VaultSync}, with the same manners.
 */
@ProviderType
public interface DeviceSettings {
    /** Where the device's key is kept. */
    enum KeyPlace {
        /** In a file that only its user can read. */
        FILE,
        /** In a file that can only be read with what the keyring of the operating system keeps. */
        KEYRING
    }

    /** How this device is reached. */
    Listening listening();

    /** Sets how this device is reached. Links are made anew. Fails, and changes nothing, where this machine does not let it. */
    CompletionStage<Void> listen(Listening how);

    /** How this device meets others that it cannot dial. */
    Meeting meeting();

    /** Sets how this device meets others. Links are made anew. Fails, and changes nothing, where this machine does not let it. */
    CompletionStage<Void> meet(Meeting how);

    /** The kinds of transports that are installed, such as {@code lan} and {@code webrtc}, whether on or off. */
    Set<String> transports();

    /** The kinds of transports that a person has switched off. */
    Set<String> transportsOff();

    /**
     * Switches transports off, now and after each start, and all others on. Over one that is off this device neither dials
     * nor answers; links are made anew. Fails, and changes nothing, where this machine does not let it.
     */
    CompletionStage<Void> switchOff(Set<String> transports);

    /** Where another member is dialled, in this order: what worked last, what it says of itself, what a person typed. */
    List<String> addresses(Fingerprint member);

    /**
     * Whether a device could be dialled there, by the looks of it: an address in digits or a name, and a port if one is
     * given. Nothing is looked up.
     */
    static boolean isAddress(String typed) {
        String text = typed.strip();
        if (isSixth(text)) {
            return true;
        }
        Matcher parts = Pattern.compile("(?:\\[([^\\[\\]]+)]|[\\p{L}\\p{N}_.-]{1,253})(?::([0-9]{1,5}))?")
                .matcher(text);
        if (!parts.matches()) {
            return false;
        }
        int port = parts.group(2) == null ? 1 : Integer.parseInt(parts.group(2));
        return port >= 1 && port <= 65_535 && (parts.group(1) == null || isSixth(parts.group(1)));
    }

    /** Whether it is an address of IPv6. What has no other letters is read, never looked up. */
    private static boolean isSixth(String text) {
        try {
            return text.matches("(?=.*:.*:)[0-9A-Fa-f:.]{2,45}(?:%[\\w.-]{1,32})?")
                    && InetAddress.getByName(text) != null;
        } catch (UnknownHostException noAddress) {
            return false;
        }
    }

    /** What a person typed for a member, in the order in which it is dialled. */
    List<String> typedAddresses(Fingerprint member);

    /**
     * Sets where a member is dialled besides the addresses that it says itself, and dials it at once if it is away. Fails
     * with a {@link SyncException}, and changes nothing, if one is no address.
     *
     * @param addresses such as {@code 192.168.1.20}, {@code laptop.tailnet.ts.net:8765} or {@code [fd00::20]:8765}; at
     *     most 32
     */
    CompletionStage<Void> setTypedAddresses(Fingerprint member, List<String> addresses);

    /** Where this device is to run a signaling server for others; empty where it is to run none. */
    Optional<Integer> signalingPort();

    /**
     * Runs a signaling server for others, now and after each start, or none any more. Fails, and changes nothing, where this
     * machine does not let it.
     *
     * @param port 1 to 65535
     */
    CompletionStage<Void> runSignaling(Optional<Integer> port);

    /** Where others reach the signaling server of this device, such as {@code ws://192.168.1.20:4444}; empty while it does not run. */
    List<String> signalingAddresses();

    /**
     * The signaling servers that devices on the local network run, as far as they were heard of by now. Open rooms that were
     * entered by a code alone are looked for there; anybody on the network could run one.
     */
    List<String> nearbySignaling();

    /** After how long devices that could not be reached are looked for again by themselves; a minute where nobody chose. */
    Duration lookAgain();

    /**
     * Sets after how long devices that could not be reached are looked for again, and looks for them now.
     *
     * @param pause one minute to one day
     * @throws IllegalArgumentException if it is shorter or longer
     */
    CompletionStage<Void> setLookAgain(Duration pause);

    /** Where the key of this device is kept. */
    KeyPlace keyPlace();

    /**
     * Gives this device a new key. It leaves all rooms, keeps its copies of the items, and others must let it in again:
     * nothing vouches for the new key.
     */
    CompletionStage<Void> rotateKey();
}
