// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.robot.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts a host with the robot inside, and drives it. Methods block until the host has done what they say, and throw an
 * {@link IllegalStateException} with the robot's reason where it could not; used by one thread at a time.
 */
public final class HostDriver implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration QUIT = Duration.ofSeconds(30);

    private static final String CONFIGURATION = "configuration";
    private static final String TEMPORARY = "tmp";

    private final Process process;
    private final Socket socket;
    private final BufferedReader in;
    private final Writer out;
    private final Path log;

    private HostDriver(Process process, Socket socket, Path log) throws IOException {
        this.process = process;
        this.socket = socket;
        this.log = log;
        socket.setTcpNoDelay(true);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8);
    }

    /**
     * What to start.
     *
     * @param host the folder of a materialized product, with {@code plugins} and {@code configuration}
     * @param robot the jar of the bundle org.vaultsync.robot
     * @param workspace the folder for {@code -data}
     * @param vmArguments for Java, such as {@code -Dhangar.sample=none}
     * @param environment more environment, as {@code NAME=value}, such as {@code DISPLAY=:77}
     * @param installs whether it runs as a person starts it and can install into itself. Else it has a copy of the
     *     configuration, so that several can run from one folder, which stays as it is
     */
    public record Start(
            Path host,
            Path robot,
            Path workspace,
            List<String> vmArguments,
            List<String> environment,
            boolean installs) {
        public Start {
            vmArguments = List.copyOf(vmArguments);
            environment = List.copyOf(environment);
        }

        public Start(Path host, Path robot, Path workspace) {
            this(host, robot, workspace, List.of(), List.of(), false);
        }
    }

    /** Starts a host and waits until its first window, or a dialog in its place, is there. */
    public static HostDriver start(Start start) throws IOException {
        Path run = Files.createTempDirectory("host-");
        Path portFile = run.resolve("port");
        Path log = run.resolve("console.log");
        Path host = start.host().toAbsolutePath();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        if (System.getProperty("os.name").startsWith("Mac")) {
            command.add("-XstartOnFirstThread");
        }
        command.add("-Djava.io.tmpdir=" + Files.createDirectory(run.resolve(TEMPORARY)));
        command.add("-Dvaultsync.robot.port=0");
        command.add("-Dvaultsync.robot.file=" + portFile);
        command.add("-Dvaultsync.robot.leave=true");
        command.addAll(start.vmArguments());
        if (start.installs()) {
            command.addAll(withRobot(start));
        }
        command.add("-jar");
        command.add(launcher(host).toString());
        if (!start.installs()) {
            command.addAll(List.of("-configuration", configure(start, run).toString()));
        }
        command.addAll(List.of("-data", start.workspace().toAbsolutePath().toString()));
        command.addAll(List.of("-nosplash", "-consoleLog"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(host.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        for (String variable : start.environment()) {
            int equals = variable.indexOf('=');
            builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        Process process = builder.start();
        try {
            int port = port(process, portFile, log);
            HostDriver driver = new HostDriver(process, new Socket(InetAddress.getLoopbackAddress(), port), log);
            driver.send("wait-window", START.toMillis());
            return driver;
        } catch (IOException | RuntimeException failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    /** Where the robot listens, once it does. */
    private static int port(Process process, Path portFile, Path log) throws IOException {
        Instant end = Instant.now().plus(START);
        while (!Files.exists(portFile)) {
            if (!process.isAlive() || Instant.now().isAfter(end)) {
                throw new IOException("the host did not start; see " + log);
            }
            sleep();
        }
        return Integer.parseInt(Files.readString(portFile).strip());
    }

    private static Path launcher(Path host) throws IOException {
        try (Stream<Path> plugins = Files.list(host.resolve("plugins"))) {
            return plugins.filter(file -> file.getFileName().toString().startsWith("org.eclipse.equinox.launcher_"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no launcher in " + host.resolve("plugins")));
        }
    }

    /** Arguments that install the robot beside what the host's own configuration lists. */
    private static List<String> withRobot(Start start) throws IOException {
        Properties config = new Properties();
        try (Reader reader = Files.newBufferedReader(start.host().resolve("configuration/config.ini"))) {
            config.load(reader);
        }
        return List.of(
                "-Dosgi.bundles=" + config.getProperty("osgi.bundles") + ",reference:"
                        + start.robot().toAbsolutePath().toUri() + "@4:start",
                "-Dorg.eclipse.equinox.simpleconfigurator.exclusiveInstallation=false");
    }

    /** A configuration like the host's own, with the robot in its list of bundles. */
    private static Path configure(Start start, Path run) throws IOException {
        Path host = start.host().toAbsolutePath();
        Path configuration = Files.createDirectories(run.resolve(CONFIGURATION));
        Path list = configuration.resolve("bundles.info");
        String bundles =
                Files.readString(host.resolve("configuration/org.eclipse.equinox.simpleconfigurator/bundles.info"));
        Files.writeString(
                list,
                bundles + (bundles.endsWith("\n") ? "" : "\n") + "org.vaultsync.robot," + version(start.robot()) + ","
                        + start.robot().toAbsolutePath().toUri() + ",4,true\n");
        String config = Files.readAllLines(host.resolve("configuration/config.ini")).stream()
                .filter(line -> !line.startsWith("org.eclipse.equinox.simpleconfigurator.configUrl")
                        && !line.startsWith("eclipse.p2.data.area"))
                .map(line -> absolute(line, host))
                .collect(Collectors.joining("\n"));
        Files.writeString(
                configuration.resolve("config.ini"),
                config + "\norg.eclipse.equinox.simpleconfigurator.configUrl="
                        + escaped(list.toUri().toString()) + "\neclipse.p2.data.area="
                        + escaped(host.resolve("p2").toUri().toString()) + "\n");
        return configuration;
    }

    /** A bundle whose version is not the listed one is thrown out again. */
    private static String version(Path robot) throws IOException {
        try (JarFile jar = new JarFile(robot.toFile())) {
            return jar.getManifest().getMainAttributes().getValue("Bundle-Version");
        }
    }

    private static String absolute(String line, Path host) {
        return line.startsWith("osgi.framework=file\\:plugins/")
                ? "osgi.framework=" + escaped(host.toUri() + line.substring("osgi.framework=file\\:".length()))
                : line;
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace(":", "\\:");
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Sends any command of the robot; the answers are what it says after {@code ok}. */
    public List<String> send(Object... words) {
        try {
            out.write(Arrays.stream(words)
                            .map(word -> URLEncoder.encode(word.toString(), StandardCharsets.UTF_8))
                            .collect(Collectors.joining(" "))
                    + "\n");
            out.flush();
            String line = in.readLine();
            if (line == null) {
                throw new IllegalStateException("the host is gone; see " + log);
            }
            List<String> answer = Arrays.stream(line.split(" ", -1))
                    .map(word -> URLDecoder.decode(word, StandardCharsets.UTF_8))
                    .toList();
            if (!answer.getFirst().equals("ok")) {
                throw new IllegalStateException(
                        Arrays.toString(words) + ": " + String.join(" ", answer.subList(1, answer.size())));
            }
            return answer.subList(1, answer.size());
        } catch (IOException gone) {
            throw new UncheckedIOException("the host is gone; see " + log, gone);
        }
    }

    private static Instant instant(String micros) {
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    /** Opens the row with a text, as a double click does: an item by its name. */
    public void open(String row) {
        send("open", row);
    }

    public void select(String row) {
        send("select", row);
    }

    /** Ticks the box of a row, or takes the tick away. */
    public void tick(String row) {
        send("tick", row);
    }

    /** Unfolds a row of a tree. */
    public void unfold(String row) {
        send("unfold", row);
    }

    /** Clicks what has this text or tooltip: a button, a tool item, a link, a tab. */
    public void click(String text) {
        send("click", text);
    }

    /** Chooses from the menu bar, by a path such as {@code File/New/Unit}. */
    public void menu(String path) {
        send("menu", path);
    }

    /** The menus of the menu bar. */
    public List<String> menus() {
        return send("menus");
    }

    /** What bundles contribute to an extension point, a line each: the bundle and an id. */
    public List<String> contributions(String extensionPoint) {
        return send("contributions", extensionPoint);
    }

    /** Chooses from the context menu of a row. */
    public void context(String row, String path) {
        send("context", row, path);
    }

    /** Chooses from the menu of a view that is open. */
    public void viewMenu(String view, String path) {
        send("view-menu", view, path);
    }

    /** Runs a command, with parameters as {@code name=value}. */
    public void command(String id, String... parameters) {
        send(Stream.concat(Stream.of("command", id), Stream.of(parameters)).toArray());
    }

    /** Shows a view. */
    public void view(String id) {
        send("view", id);
    }

    /** Types over what is in the field with a label. */
    public void type(String field, String text) {
        send("type", field, text);
    }

    /** Types at the end of the field with a label. */
    public void append(String field, String text) {
        send("append", field, text);
    }

    public void choose(String field, String value) {
        send("choose", field, value);
    }

    /** Presses a key, such as {@code CTRL+Z}. */
    public void key(String stroke) {
        send("key", stroke);
    }

    /**
     * Saves the active editor.
     *
     * @return when saving began
     */
    public Instant save() {
        return instant(send("save").getFirst());
    }

    /**
     * Saves once more in the editor that saved last. To activate it each time, as {@link #save} does, has the whole stack of
     * editors styled and painted anew, which a person who presses Ctrl+S does not see.
     */
    public Instant saveAgain() {
        return instant(send("save-again").getFirst());
    }

    /** The text in the field with a label. */
    public String get(String field) {
        return send("get", field).getFirst();
    }

    /** The rows of the tree or table with a label. */
    public List<String> rows(String field) {
        return send("rows", field);
    }

    /** Everything that can be read in the window on top. */
    public List<String> texts() {
        return send("texts");
    }

    /** The messages in the headers of the forms that are visible. */
    public List<String> messages() {
        return send("messages");
    }

    /**
     * Waits until the field with a label shows a text.
     *
     * @return when it was seen to
     */
    public Instant waitField(String field, String text, Duration most) {
        return instant(send("wait-field", field, text, most.toMillis()).getFirst());
    }

    /** Waits until something in the window on top contains a text: a label, a field, a tooltip. */
    public Instant waitText(String text, Duration most) {
        return instant(send("wait-text", text, most.toMillis()).getFirst());
    }

    public Instant waitRow(String row, Duration most) {
        return instant(send("wait-row", row, most.toMillis()).getFirst());
    }

    public Instant waitNoRow(String row, Duration most) {
        return instant(send("wait-no-row", row, most.toMillis()).getFirst());
    }

    /** Waits until the window on top has this in its title. */
    public Instant waitDialog(String title, Duration most) {
        return instant(send("wait-dialog", title, most.toMillis()).getFirst());
    }

    public Instant waitMessage(String text, Duration most) {
        return instant(send("wait-message", text, most.toMillis()).getFirst());
    }

    /** Waits until what has popped up over the window, or in a corner as a notice does, contains a text. */
    public Instant waitPopup(String text, Duration most) {
        return instant(send("wait-popup", text, most.toMillis()).getFirst());
    }

    /**
     * Types a path into the next file chooser that asks where to save, once it is there, and presses Enter. To be asked for before what
     * opens the chooser, which returns when it is closed. The suffix of the name that the chooser proposes stays. One that asks what to
     * open does not take a path that way.
     */
    public void typeIntoNextChooser(Path file) {
        send("type-into-chooser", file.toAbsolutePath());
    }

    public String clipboard() {
        return send("clipboard").getFirst();
    }

    /** Saves a PNG of all windows of this host. */
    public void screenshot(Path file) {
        send("screenshot", file.toAbsolutePath());
    }

    /** {@code dark} or {@code light}. */
    public void theme(String which) {
        send("theme", which);
    }

    /**
     * How the UI thread did since the last reset.
     *
     * @param longest that an event had to wait
     * @param ofSync the most of one wait in which the UI thread was in code of sync
     * @param slow the waits of more than 50 ms, the longest first
     */
    public record Responsiveness(Duration longest, Duration ofSync, List<Wait> slow) {
        public Responsiveness {
            slow = List.copyOf(slow);
        }
    }

    /**
     * A wait of the UI thread.
     *
     * @param stacks what it was seen at, about every 4 ms
     */
    public record Wait(Duration took, List<String> stacks) {
        public Wait {
            stacks = List.copyOf(stacks);
        }
    }

    /** Watches from now on how long the UI thread leaves events waiting. */
    public void watch() {
        send("watch");
    }

    /** How long the UI thread left events waiting since the watch began, which ends. */
    public Responsiveness watched() {
        List<String> report = send("watched");
        List<Wait> slow = new ArrayList<>();
        for (int i = 3; i < report.size(); i += 2) {
            slow.add(new Wait(millis(report.get(i)), List.of(report.get(i + 1).split("\n\n"))));
        }
        return new Responsiveness(millis(report.get(0)), millis(report.get(1)), slow);
    }

    private static Duration millis(String number) {
        return Duration.ofNanos((long) (Double.parseDouble(number) * 1e6));
    }

    /** The state of a bundle, or {@code absent}. */
    public String bundle(String symbolicName) {
        return send("bundle", symbolicName).getFirst();
    }

    /** What the host has written to its console. */
    public Path log() {
        return log;
    }

    public Process process() {
        return process;
    }

    /** Kills the process, as a power cut would. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Quits the host as a person would; unsaved edits make it ask. */
    public void quit() {
        send("quit");
        await();
    }

    /**
     * Waits until the host is gone by itself.
     *
     * @return its exit code; with 23 and 24 it wants to be started again
     */
    public int await() {
        try {
            if (!process.waitFor(QUIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the host does not quit; see " + log);
            }
            return process.exitValue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Makes sure that the process is gone, and what it worked with. The log of one that did not end well stays. */
    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        socket.close();
        if (await() == 0) {
            Folders.delete(log.getParent());
        } else {
            Folders.delete(log.resolveSibling(CONFIGURATION));
            Folders.delete(log.resolveSibling(TEMPORARY));
        }
    }

    /**
     * Starts a host and sends it the commands that are read from standard input, a line each: a command and its
     * arguments, separated by tabs.
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: HostDriver HOST ROBOT_JAR WORKSPACE [VM_ARGUMENT...]");
            System.exit(2);
        }
        Start start = new Start(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                Path.of(arguments[2]),
                List.of(arguments).subList(3, arguments.length),
                List.of(),
                false);
        try (HostDriver driver = start(start);
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println("log " + driver.log());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank()) {
                    continue;
                }
                try {
                    System.out.println(String.join("\n", driver.send((Object[]) line.split("\t"))));
                } catch (IllegalStateException refused) {
                    System.out.println("! " + refused.getMessage());
                }
                System.out.flush();
            }
        }
    }
}
