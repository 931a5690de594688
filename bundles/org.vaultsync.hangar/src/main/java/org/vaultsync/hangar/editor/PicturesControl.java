// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.hangar.editor;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.layout.RowLayoutFactory;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.SWTException;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.FileTransfer;
import org.eclipse.swt.dnd.ImageTransfer;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Monitor;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.vaultsync.hangar.item.ItemDocument;
import org.vaultsync.hangar.json.Json;
import org.vaultsync.hangar.look.Failures;
import org.vaultsync.hangar.look.Icon;
import org.vaultsync.hangar.look.Words;
import org.vaultsync.hangar.picture.Picture;
import org.vaultsync.vault.Attachment;

/** The pictures of an item, as thumbnails. Files are read and written on threads of their own. */
final class PicturesControl {
    private static final long LARGEST = 32L * 1024 * 1024;

    private final Editing editing;
    private final LocalResourceManager resources;
    private final Composite place;
    private final Composite strip;
    private final Label none;
    private final Button add;
    private final Button paste;
    private final Button remove;
    private final Map<String, Thumbnail> thumbnails = new HashMap<>(); // by the key of the attachment
    private final Display display;
    private final PictureTransfers transfers;
    private final ReentrantLock decoding = new ReentrantLock();
    private String selected = "";
    private boolean editable = true;

    PicturesControl(Editing editing, Composite parent, FormToolkit toolkit, LocalResourceManager resources) {
        this.editing = editing;
        this.resources = resources;
        display = parent.getDisplay();
        place = toolkit.createComposite(parent);
        GridLayoutFactory.fillDefaults().applyTo(place);
        Composite buttons = toolkit.createComposite(place);
        RowLayoutFactory.fillDefaults().spacing(6).applyTo(buttons);
        add = button(
                toolkit,
                buttons,
                Icon.PICTURE,
                Words.of("Add..."),
                Words.of("Add a picture from a file"),
                this::addFromFile);
        paste = button(
                toolkit,
                buttons,
                Icon.PASTE,
                Words.of("Paste"),
                Words.of("Add the picture that is in the clipboard"),
                this::paste);
        remove = button(
                toolkit,
                buttons,
                Icon.REMOVE,
                Words.of("Remove"),
                Words.of("Remove the selected picture"),
                this::remove);
        remove.setEnabled(false);
        strip = toolkit.createComposite(place);
        RowLayoutFactory.fillDefaults().wrap(true).spacing(8).applyTo(strip);
        GridDataFactory.fillDefaults().grab(true, false).hint(220, SWT.DEFAULT).applyTo(strip);
        none = toolkit.createLabel(strip, Words.of("No pictures yet."));
        transfers = new PictureTransfers(place, this::transferred);
    }

    private Button button(
            FormToolkit toolkit, Composite parent, Icon icon, String text, String tooltip, Runnable work) {
        Button button = toolkit.createButton(parent, text, SWT.PUSH);
        button.setImage(resources.get(icon.descriptor()));
        button.setToolTipText(tooltip);
        button.addListener(SWT.Selection, event -> work.run());
        return button;
    }

    Composite control() {
        return place;
    }

    /** Shows what the draft holds; pictures that stay are not touched. */
    void show() {
        ObjectNode holder = Json.empty();
        holder.set("attachments", editing.value(ItemDocument.ATTACHMENTS));
        List<Attachment> attachments = ItemDocument.attachments(holder);
        List<String> keys = attachments.stream().map(Attachment::key).toList();
        boolean changed = false;
        for (String gone : List.copyOf(thumbnails.keySet())) {
            if (!keys.contains(gone)) {
                thumbnails.remove(gone).dispose();
                changed = true;
            }
        }
        for (Attachment attachment : attachments) {
            if (!thumbnails.containsKey(attachment.key())) {
                Thumbnail thumbnail = new Thumbnail(
                        strip,
                        attachment,
                        resources.get(Icon.PICTURE.descriptor()),
                        () -> select(attachment.key()),
                        () -> view(attachment));
                thumbnails.put(attachment.key(), thumbnail);
                load(attachment, thumbnail);
                changed = true;
            }
        }
        if (changed) {
            none.setVisible(thumbnails.isEmpty());
            none.setText(thumbnails.isEmpty() ? Words.of("No pictures yet.") : "");
            select(thumbnails.containsKey(selected) ? selected : "");
            strip.requestLayout();
        }
    }

    /** A picture that was not here may have come. */
    void attachmentStored(String sha256) {
        thumbnails.values().stream()
                .filter(thumbnail ->
                        thumbnail.isEmpty() && thumbnail.attachment().sha256().equals(sha256))
                .forEach(thumbnail -> load(thumbnail.attachment(), thumbnail));
    }

    private void transferred(Set<String> sha256s) {
        thumbnails.values().stream()
                .filter(thumbnail -> thumbnail.isEmpty()
                        && sha256s.contains(thumbnail.attachment().sha256()))
                .forEach(thumbnail -> thumbnail.lacks(
                        transfers.progress(thumbnail.attachment().sha256())));
    }

    private void select(String key) {
        selected = key;
        thumbnails.forEach((each, thumbnail) -> thumbnail.setSelected(each.equals(key)));
        enable();
    }

    /** Whether pictures may be added and removed; they are looked at all the same. */
    void setEditable(boolean wanted) {
        editable = wanted;
        enable();
    }

    private void enable() {
        add.setEnabled(editable);
        paste.setEnabled(editable);
        remove.setEnabled(editable && !selected.isEmpty());
    }

    private void load(Attachment attachment, Thumbnail thumbnail) {
        Thread.ofVirtual().start(() -> {
            Picture picture = read(attachment, Thumbnail.PIXELS, Thumbnail.PIXELS);
            display.asyncExec(() -> {
                if (!place.isDisposed()) {
                    thumbnail.show(picture);
                    if (picture instanceof Picture.Missing) {
                        thumbnail.lacks(transfers.progress(attachment.sha256()));
                    }
                }
            });
        });
    }

    /** One after the other, since each may take as much memory as all small ones together. Any thread but that of the UI. */
    private Picture read(Attachment attachment, int roomWidth, int roomHeight) {
        decoding.lock();
        try {
            return Picture.read(editing.vault().openAttachment(attachment.sha256()), roomWidth, roomHeight);
        } catch (IOException unreadable) {
            return new Picture.Unfit();
        } finally {
            decoding.unlock();
        }
    }

    private void view(Attachment attachment) {
        transfers.fetch(attachment.sha256());
        Monitor screen = place.getMonitor();
        int width = screen.getBounds().width * screen.getZoom() / 100;
        int height = screen.getBounds().height * screen.getZoom() / 100;
        Thread.ofVirtual().start(() -> {
            Picture picture = read(attachment, width, height);
            display.asyncExec(() -> {
                if (!place.isDisposed()) {
                    view(attachment.name(), picture);
                }
            });
        });
    }

    private void view(String name, Picture picture) {
        switch (picture) {
            case Picture.Fitted(ImageData pixels) -> new PictureDialog(place.getShell(), name, pixels).open();
            case Picture.Unfit unfit ->
                MessageDialog.openInformation(
                        place.getShell(),
                        Words.of("Pictures"),
                        Failures.plain(Words.of("\"%s\" is not a picture that can be shown here.", name)));
            case Picture.Missing missing -> {
                // Its thumbnail says how far it is.
            }
        }
    }

    private void addFromFile() {
        FileDialog dialog = new FileDialog(place.getShell(), SWT.OPEN | SWT.MULTI);
        dialog.setText(Words.of("Add Pictures"));
        dialog.setFilterNames(new String[] {Words.of("Pictures"), Words.of("All files")});
        dialog.setFilterExtensions(new String[] {"*.png;*.jpg;*.jpeg;*.gif;*.bmp", "*.*"});
        if (dialog.open() != null) {
            List<Path> files = new ArrayList<>();
            for (String name : dialog.getFileNames()) {
                files.add(Path.of(dialog.getFilterPath(), name));
            }
            addFiles(files);
        }
    }

    private void addFiles(List<Path> files) {
        Thread.ofVirtual().start(() -> {
            for (Path file : files) {
                try {
                    if (Files.size(file) > LARGEST) {
                        throw new IOException(
                                Words.of("\"%s\" is too large: a picture may have 32 MB.", file.getFileName()));
                    }
                    add(file.getFileName().toString(), Files.readAllBytes(file));
                } catch (IOException failure) {
                    complain(failure.getMessage());
                }
            }
        });
    }

    /** Any thread but that of the UI. */
    private void add(String name, byte[] bytes) throws IOException {
        String mediaType = mediaType(name, bytes);
        Attachment attachment = editing.vault().attach(name, mediaType, new ByteArrayInputStream(bytes));
        display.asyncExec(() -> {
            if (!place.isDisposed()) {
                editing.edit(at(attachment.key()), ItemDocument.node(attachment));
                show();
                select(attachment.key());
            }
        });
    }

    private static String mediaType(String name, byte[] bytes) throws IOException {
        if (!Picture.isKnown(bytes)) {
            throw new IOException(Words.of("\"%s\" is not a picture that can be shown here.", name));
        }
        if (Picture.isTooLarge(bytes)) {
            throw new IOException(Words.of("\"%s\" is too large: a picture may have 40 million pixels.", name));
        }
        try {
            return switch (new ImageData(new ByteArrayInputStream(bytes)).type) {
                case SWT.IMAGE_PNG -> "image/png";
                case SWT.IMAGE_JPEG -> "image/jpeg";
                case SWT.IMAGE_GIF -> "image/gif";
                case SWT.IMAGE_BMP, SWT.IMAGE_BMP_RLE -> "image/bmp";
                default -> "application/octet-stream";
            };
        } catch (SWTException noPicture) {
            throw new IOException(Words.of("\"%s\" is not a picture that can be shown here.", name), noPicture);
        }
    }

    private void complain(String sentence) {
        display.asyncExec(() -> {
            if (!place.isDisposed()) {
                MessageDialog.openError(place.getShell(), Words.of("Add Picture"), sentence);
            }
        });
    }

    private void paste() {
        Clipboard clipboard = new Clipboard(display);
        try {
            if (clipboard.getContents(ImageTransfer.getInstance()) instanceof ImageData data) {
                Thread.ofVirtual().start(() -> {
                    try {
                        ImageLoader loader = new ImageLoader();
                        loader.data = new ImageData[] {data};
                        ByteArrayOutputStream png = new ByteArrayOutputStream();
                        loader.save(png, SWT.IMAGE_PNG);
                        add("Pasted.png", png.toByteArray());
                    } catch (IOException | SWTException failure) {
                        complain(failure.getMessage());
                    }
                });
            } else if (clipboard.getContents(FileTransfer.getInstance()) instanceof String[] files) {
                List<Path> paths = new ArrayList<>();
                for (String file : files) {
                    paths.add(Path.of(file));
                }
                addFiles(paths);
            } else {
                MessageDialog.openInformation(
                        place.getShell(), Words.of("Paste Picture"), Words.of("There is no picture in the clipboard."));
            }
        } finally {
            clipboard.dispose();
        }
    }

    private void remove() {
        String key = selected;
        editing.edit(at(key), MissingNode.getInstance());
        show();
    }

    private static JsonPointer at(String key) {
        return ItemDocument.ATTACHMENTS.appendProperty(key);
    }
}
