// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.help;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.core.runtime.Platform;
import org.eclipse.help.HelpSystem;
import org.eclipse.help.server.HelpServer;

/**
 * Gives the pages of the help to browsers on this machine. The help of the platform starts it when the first page is asked
 * for; its own server would take a web server, servlets and a compiler for pages.
 */
public final class HelpPages extends HelpServer {
    private static final Pattern PAGE = Pattern.compile("/help/(?:topic|nftopic|ntopic|rtopic)(/.+)");
    private static final String HOME = "/help/index.jsp";

    private HttpServer server; // guarded by this

    @Override
    public synchronized void start(String webapp) throws IOException {
        if (server == null) {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(getHost()), 0), 0);
            server.createContext("/help/", this::answer);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        }
    }

    @Override
    public synchronized void stop(String webapp) {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    @Override
    public synchronized int getPort() {
        return server == null ? -1 : server.getAddress().getPort();
    }

    @Override
    public String getHost() {
        return "127.0.0.1";
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Matcher page = PAGE.matcher(path);
            // A page elsewhere that got its own name to lead here must not read what is installed.
            boolean asked = exchange.getRequestMethod().equals("GET")
                    && (getHost() + ":" + getPort())
                            .equals(exchange.getRequestHeaders().getFirst("Host"));
            if (asked && path.equals(HOME)) {
                String home = HelpHome.showing(exchange.getRequestURI().getRawQuery());
                send(exchange, "text/html", new ByteArrayInputStream(home.getBytes(StandardCharsets.UTF_8)));
            } else if (asked && page.matches()) {
                send(
                        exchange,
                        URLConnection.guessContentTypeFromName(path),
                        HelpSystem.getHelpContent(page.group(1), Platform.getNL()));
            } else {
                send(exchange, null, null);
            }
        }
    }

    /** @param content null where there is no such page */
    private static void send(HttpExchange exchange, String type, InputStream content) throws IOException {
        if (content == null) {
            exchange.sendResponseHeaders(HttpURLConnection.HTTP_NOT_FOUND, -1);
            return;
        }
        try (content) {
            if (type != null) {
                exchange.getResponseHeaders().set("Content-Type", type);
            }
            exchange.sendResponseHeaders(HttpURLConnection.HTTP_OK, 0);
            content.transferTo(exchange.getResponseBody());
        }
    }
}
