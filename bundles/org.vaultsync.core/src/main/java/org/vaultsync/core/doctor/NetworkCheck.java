// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.doctor;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vaultsync.Finding;
import org.vaultsync.Finding.Area;
import org.vaultsync.Finding.Weight;
import org.vaultsync.Trouble;

/** Looks whether this device can be reached and found on the local network, by dialling and calling itself. Blocks. */
public final class NetworkCheck {
    private static final int MILLIS = 1000;

    private final List<String> addresses;
    private final Optional<Trouble> trouble;

    /**
     * @param addresses where this device listens
     * @param trouble what keeps it from that, as its transport says
     */
    public NetworkCheck(List<String> addresses, Optional<Trouble> trouble) {
        this.addresses = addresses;
        this.trouble = trouble;
    }

    public List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        trouble.ifPresent(told -> findings.add(Doctor.finding(
                Area.NETWORK,
                addresses.isEmpty() || told.kind() == Trouble.Kind.NO_NETWORK ? Weight.PROBLEM : Weight.NOTE,
                told,
                advice(told.kind()))));
        if (!addresses.isEmpty()) {
            findings.add(listening());
        } else if (trouble.isEmpty()) {
            findings.add(Doctor.problem(
                    Area.NETWORK,
                    "This device does not listen anywhere, so nobody can reach it.",
                    "See that the machine is in a network. A device listens from its first room on."));
        }
        findings.add(multicast());
        return findings;
    }

    private static String advice(Trouble.Kind kind) {
        return switch (kind) {
            case PORT_TAKEN -> "Choose another port in the preferences, or close the other program.";
            case NO_NETWORK -> "Connect the machine. Sync goes on by itself.";
            default -> "See that the machine is in a network, and look at the settings of the network.";
        };
    }

    private Finding listening() {
        List<String> dead =
                addresses.stream().filter(address -> !answers(address)).toList();
        if (dead.size() == addresses.size()) {
            return Doctor.problem(
                    Area.NETWORK,
                    "This device cannot even reach itself at " + String.join(", ", addresses) + ".",
                    "A firewall or a VPN on this machine is in the way: allow the application to take connections.");
        }
        return Doctor.fine(Area.NETWORK, "Listening at " + String.join(", ", addresses) + ".");
    }

    private static boolean answers(String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            return false;
        }
        try (Socket socket = new Socket()) {
            String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
            socket.connect(
                    new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(address.substring(colon + 1))),
                    MILLIS);
            return true;
        } catch (IOException | IllegalArgumentException notThere) {
            return false;
        }
    }

    private static Finding multicast() {
        List<String> tried = new ArrayList<>();
        try {
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                if (network.isUp() && !network.isLoopback() && network.supportsMulticast()) {
                    tried.add(network.getName());
                    if (hearsItself(network)) {
                        return Doctor.fine(
                                Area.NETWORK, "Devices can be found by multicast on " + network.getName() + ".");
                    }
                }
            }
        } catch (SocketException unknown) {
            return Doctor.note(
                    Area.NETWORK, "The networks of this machine cannot be listed: " + unknown.getMessage(), "");
        }
        return Doctor.note(
                Area.NETWORK,
                tried.isEmpty()
                        ? "No network of this machine takes multicast, so devices do not find each other by themselves."
                        : "Multicast does not come through on " + String.join(", ", tried)
                                + ", so devices do not find each other by themselves.",
                "Devices that were linked before still find each other at their last addresses. For the others, make a new"
                        + " invite: it carries the addresses.");
    }

    private static boolean hearsItself(NetworkInterface network) {
        try (MulticastSocket socket = new MulticastSocket(0)) {
            InetSocketAddress group = new InetSocketAddress(InetAddress.getByName("239.255.76.83"), 0);
            socket.setNetworkInterface(network);
            socket.setTimeToLive(0);
            socket.setSoTimeout(MILLIS);
            socket.joinGroup(group, network);
            byte[] call = "vaultsync".getBytes(StandardCharsets.US_ASCII);
            socket.send(new DatagramPacket(call, call.length, group.getAddress(), socket.getLocalPort()));
            socket.receive(new DatagramPacket(new byte[call.length], call.length));
            socket.leaveGroup(group, network);
            return true;
        } catch (IOException silent) {
            return false;
        }
    }
}
