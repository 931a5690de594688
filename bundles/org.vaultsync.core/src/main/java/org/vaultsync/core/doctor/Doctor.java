// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vaultsync.Finding;
import org.vaultsync.Finding.Area;
import org.vaultsync.Finding.Weight;
import org.vaultsync.Fingerprint;
import org.vaultsync.Member;
import org.vaultsync.Reach;
import org.vaultsync.Trouble;

/** What can be said of sync from what it knows already. What has to be tried is in the other classes of this package. */
public final class Doctor {
    private static final Duration WRONG_CLOCK = Duration.ofMinutes(2);

    private Doctor() {}

    static Finding fine(Area area, String sentence) {
        return new Finding(area, Weight.FINE, Optional.empty(), sentence, "");
    }

    static Finding note(Area area, String sentence, String advice) {
        return new Finding(area, Weight.NOTE, Optional.empty(), sentence, advice);
    }

    static Finding problem(Area area, String sentence, String advice) {
        return new Finding(area, Weight.PROBLEM, Optional.empty(), sentence, advice);
    }

    /** What is wrong, with what one does about it. */
    static Finding finding(Area area, Weight weight, Trouble trouble, String advice) {
        return new Finding(area, weight, Optional.empty(), trouble.sentence(), advice, Optional.of(trouble));
    }

    /** Sync could not start. */
    public static Finding cannotStart(Trouble trouble) {
        return finding(
                Area.STORE,
                Weight.PROBLEM,
                trouble,
                "Put right what the sentence names, then start the application again. Your items are in your vault.");
    }

    /** The database was damaged, and sync has begun anew. */
    public static Finding setAside(Trouble trouble) {
        return finding(Area.STORE, Weight.PROBLEM, trouble, "Join your rooms again, or import exports of them.");
    }

    /** @param ahead by how much the clocks of others are ahead of this one's */
    public static List<Finding> clock(Map<Fingerprint, Duration> ahead) {
        if (ahead.isEmpty()) {
            return List.of(note(
                    Area.CLOCK,
                    "No other device has told its time since the start, so the clock was not compared.",
                    ""));
        }
        List<Finding> wrong = new ArrayList<>();
        ahead.forEach((peer, by) -> {
            if (by.abs().compareTo(WRONG_CLOCK) > 0) {
                String sentence = "Its clock is " + inWords(by.abs()) + (by.isNegative() ? " behind" : " ahead of")
                        + " the one of this device.";
                wrong.add(new Finding(
                        Area.CLOCK,
                        Weight.NOTE,
                        Optional.of(peer),
                        sentence,
                        "Set the clock of the device that is wrong. Nothing is lost by it, but times in the history are"
                                + " not right, and invites expire by the inviter's clock.",
                        Optional.of(new Trouble(
                                by.isNegative() ? Trouble.Kind.CLOCK_BEHIND : Trouble.Kind.CLOCK_AHEAD,
                                List.of(String.valueOf(by.abs().toSeconds())),
                                sentence))));
            }
        });
        return wrong.isEmpty()
                ? List.of(fine(
                        Area.CLOCK,
                        ahead.size() == 1
                                ? "The clock agrees with that of another device."
                                : "The clock agrees with those of " + ahead.size() + " other devices."))
                : wrong;
    }

    private static String inWords(Duration duration) {
        if (duration.toDays() > 1) {
            return duration.toDays() + " days";
        }
        return duration.toHours() > 1 ? duration.toHours() + " hours" : duration.toMinutes() + " minutes";
    }

    /**
     * The signaling server of this device, which runs only where somebody wants it.
     *
     * @param addresses where it runs
     * @param trouble why it does not, though it is wanted
     */
    public static Optional<Finding> signaling(List<String> addresses, Optional<Trouble> trouble) {
        if (trouble.isPresent()) {
            return Optional.of(finding(
                    Area.SIGNALING, Weight.PROBLEM, trouble.get(), "Choose another port for it in the preferences."));
        }
        return addresses.isEmpty()
                ? Optional.empty()
                : Optional.of(fine(
                        Area.SIGNALING,
                        "This device runs a signaling server at " + String.join(", ", addresses) + "."));
    }

    /**
     * How devices meet that cannot be dialled.
     *
     * @param servers where this device lets itself be met
     * @param trouble why it cannot
     */
    public static Finding meeting(List<String> servers, Optional<Trouble> trouble) {
        if (trouble.isPresent()) {
            return finding(
                    Area.SIGNALING,
                    Weight.PROBLEM,
                    trouble.get(),
                    "Until then, devices on other networks are reached by a VPN only.");
        }
        return servers.isEmpty()
                ? note(
                        Area.SIGNALING,
                        "No signaling server is configured: devices meet on the local network, or at addresses that"
                                + " they know.",
                        "To sync over the internet, name a signaling server, or join both machines by a VPN.")
                : fine(Area.SIGNALING, "This device is met at " + String.join(", ", servers) + ".");
    }

    public static Finding vault(boolean present, Optional<Trouble> trouble) {
        if (trouble.isPresent()) {
            return finding(
                    Area.VAULT,
                    Weight.PROBLEM,
                    trouble.get(),
                    "Allow writing there, then start the application again. What others change waits until then.");
        }
        return present
                ? fine(Area.VAULT, "The application has given sync its vault.")
                : problem(
                        Area.VAULT,
                        "The application has not given sync its vault, so nothing can be shown or taken from it.",
                        "Restart the application. If that does not help, tell its makers.");
    }

    /**
     * @param shared how many items are in rooms
     * @param stopped how many of them have stopped syncing
     * @param conflicts how many wait for a person to look
     */
    public static List<Finding> items(int shared, int stopped, int conflicts) {
        List<Finding> findings = new ArrayList<>();
        if (stopped > 0) {
            findings.add(problem(
                    Area.ITEMS,
                    stopped == 1
                            ? "1 shared item has stopped syncing on this device."
                            : stopped + " shared items have stopped syncing on this device.",
                    "Look for the red badge: its tooltip says why."));
        }
        if (conflicts > 0) {
            findings.add(note(
                    Area.ITEMS,
                    conflicts == 1
                            ? "1 shared item was changed by two people at once."
                            : conflicts + " shared items were changed by two people at once.",
                    "Press its badge to see both values and to choose."));
        }
        if (findings.isEmpty()) {
            findings.add(fine(Area.ITEMS, shared == 1 ? "1 item is shared." : shared + " items are shared."));
        }
        return findings;
    }

    public static Finding peer(Member member) {
        Optional<Fingerprint> peer = Optional.of(member.fingerprint());
        return switch (member.reach()) {
            case Reach.Linked linked ->
                new Finding(
                        Area.PEER,
                        Weight.FINE,
                        peer,
                        "Linked over " + linked.way()
                                + linked.roundTrip()
                                        .map(time -> ", " + time.toMillis() + " ms there and back")
                                        .orElse("")
                                + ".",
                        "");
            case Reach.Dialling dialling ->
                new Finding(
                        Area.PEER,
                        Weight.NOTE,
                        peer,
                        "Being dialled, try " + dialling.attempt() + " of " + dialling.of() + ".",
                        "");
            case Reach.Refused refused ->
                new Finding(
                        Area.PEER,
                        Weight.PROBLEM,
                        peer,
                        "Turned away: " + refused.why(),
                        "If the other person expects it, remove the device from the room and invite it again.");
            case Reach.Paused paused ->
                new Finding(
                        Area.PEER,
                        Weight.NOTE,
                        peer,
                        "Paused on this device: neither dialled nor answered.",
                        "Resume it in the peers view.");
            case Reach.Away away ->
                new Finding(
                        Area.PEER,
                        Weight.NOTE,
                        peer,
                        "Not reachable"
                                + away.lastSeen()
                                        .map(seen -> ", last seen " + seen)
                                        .orElse(", never seen")
                                + away.why().map(why -> ": " + why).orElse("."),
                        "See that the application runs there, that both are on one network, and that the firewall there"
                                + " lets it in. Edits wait until then.");
        };
    }
}
