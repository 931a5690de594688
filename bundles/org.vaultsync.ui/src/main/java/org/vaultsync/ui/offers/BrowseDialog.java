// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.offers;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.TableColumnLayout;
import org.eclipse.osgi.util.NLS;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.vaultsync.Offers;
import org.vaultsync.Offers.Offer;
import org.vaultsync.Room;
import org.vaultsync.ui.dialogs.Columns;
import org.vaultsync.ui.dialogs.SyncDialog;
import org.vaultsync.ui.live.Answers;
import org.vaultsync.ui.live.LiveSync;
import org.vaultsync.ui.text.Messages;
import org.vaultsync.ui.text.Names;
import org.vaultsync.ui.text.Sentences;

/** The items of a room, to be taken or copied; more come in while it is open. UI thread. */
public final class BrowseDialog extends SyncDialog {
    private static final int TAKE = IDialogConstants.CLIENT_ID;
    private static final int COPY = IDialogConstants.CLIENT_ID + 1;
    private static final int MILLIS_BETWEEN_QUESTIONS = 500;

    private final Room room;
    private List<Offer> offers = List.of();
    private List<Offer> shown = List.of();
    private boolean asking;
    private boolean askAgain;
    private boolean working;
    private String unasked = ""; // why it is not known what there is, as the dialog says it
    private Text filter;
    private Table table;
    private Label count;

    public BrowseDialog(LiveSync live, Shell shell, Room room) {
        super(live, shell, Messages.browseTitle, "rooms", new Point(640, 420));
        this.room = room;
    }

    @Override
    protected void fill(Composite area) {
        setTitle(Names.literal(NLS.bind(Messages.browseHeading, Sentences.quoted(room))));
        setMessage(Messages.browseExplained);

        filter = new Text(area, SWT.SEARCH | SWT.ICON_SEARCH | SWT.ICON_CANCEL);
        filter.setMessage(Messages.browseFilter);
        filter.addModifyListener(typed -> show());
        GridDataFactory.fillDefaults().grab(true, false).applyTo(filter);

        Composite framed = new Composite(area, SWT.NONE);
        GridDataFactory.fillDefaults()
                .grab(true, true)
                .hint(convertWidthInCharsToPixels(90), convertHeightInCharsToPixels(16))
                .applyTo(framed);
        TableColumnLayout columns = new TableColumnLayout();
        framed.setLayout(columns);
        table = new Table(framed, SWT.VIRTUAL | SWT.MULTI | SWT.BORDER | SWT.FULL_SELECTION);
        table.setHeaderVisible(true);
        column(columns, Messages.columnName, 40, 180);
        column(columns, Messages.columnType, 20, 90);
        column(columns, Messages.columnSharedBy, 25, 120);
        column(columns, Messages.columnTaken, 15, 80);
        table.addListener(SWT.SetData, asked -> fill((TableItem) asked.item, shown.get(asked.index)));
        table.addListener(SWT.Selection, chosen -> check());
        table.addListener(SWT.DefaultSelection, chosen -> take());
        count = new Label(area, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(count);
        live.onRooms(area, this::ask);
    }

    private void column(TableColumnLayout columns, String title, int weight, int least) {
        TableColumn column = new TableColumn(table, SWT.NONE);
        column.setText(title);
        columns.setColumnData(column, Columns.sharing(table, title, weight, least));
    }

    private static void fill(TableItem row, Offer offer) {
        row.setText(new String[] {
            offer.name().isEmpty() ? Messages.offerOnItsWay : offer.name(),
            offer.type(),
            offer.sharedBy(),
            offer.taken() ? Messages.offerTaken : ""
        });
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, TAKE, Messages.takeOffers, true);
        createButton(parent, COPY, Messages.copyOffers, false);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CLOSE_LABEL, false);
        check();
        ask();
    }

    /** Asks what there is now; while sync still answers, or has just answered, once more afterwards. */
    private void ask() {
        if (asking) {
            askAgain = true;
            return;
        }
        Optional<Offers> service = live.offers();
        if (service.isEmpty()) {
            unasked = Messages.notRunning;
            setErrorMessage(unasked);
            check();
            return;
        }
        asking = true;
        Answers.of(
                service.get().offers(room.id()),
                table,
                now -> {
                    if (unasked.equals(getErrorMessage())) { // why something was not taken stays
                        setErrorMessage(null);
                    }
                    offers = now;
                    show();
                    pause();
                },
                why -> {
                    unasked = why;
                    setErrorMessage(why);
                    pause();
                });
    }

    private void pause() {
        table.getDisplay().timerExec(MILLIS_BETWEEN_QUESTIONS, () -> {
            asking = false;
            if (askAgain && !table.isDisposed()) {
                askAgain = false;
                ask();
            }
        });
    }

    /** Shows what the filter lets through, with the selection that there was. */
    private void show() {
        Set<String> selected = selected().map(Offer::itemId).collect(Collectors.toCollection(HashSet::new));
        String wanted = filter.getText().strip().toLowerCase(Locale.getDefault());
        List<Offer> next = offers.stream()
                .filter(offer -> Stream.of(offer.name(), offer.type(), offer.sharedBy())
                        .anyMatch(word -> word.toLowerCase(Locale.getDefault()).contains(wanted)))
                .toList();
        if (!next.equals(shown) || table.getItemCount() != next.size()) {
            shown = next;
            table.setItemCount(shown.size());
            table.clearAll();
            table.setSelection(IntStream.range(0, shown.size())
                    .filter(row -> selected.contains(shown.get(row).itemId()))
                    .toArray());
        }
        long open = offers.stream().filter(offer -> !offer.taken()).count();
        count.setText(NLS.bind(Messages.browseCount, Sentences.items(offers.size()), open));
        check();
    }

    private Stream<Offer> selected() {
        return Arrays.stream(table.getSelectionIndices())
                .filter(row -> row < shown.size())
                .mapToObj(shown::get);
    }

    private void check() {
        boolean able = !working && live.offers().isPresent();
        if (getButton(TAKE) != null) {
            getButton(TAKE).setEnabled(able && selected().anyMatch(offer -> !offer.taken()));
            getButton(COPY)
                    .setEnabled(
                            able && selected().anyMatch(offer -> !offer.name().isEmpty()));
        }
    }

    @Override
    protected void buttonPressed(int button) {
        switch (button) {
            case TAKE -> take();
            case COPY -> copy();
            default -> super.buttonPressed(button);
        }
    }

    private void take() {
        List<String> ids =
                selected().filter(offer -> !offer.taken()).map(Offer::itemId).toList();
        work(
                ids,
                Messages.taking,
                service -> service.take(room.id(), ids),
                done -> NLS.bind(Messages.tookOffers, Sentences.items(ids.size())));
    }

    private void copy() {
        List<String> ids = selected()
                .filter(offer -> !offer.name().isEmpty())
                .map(Offer::itemId)
                .toList();
        work(
                ids,
                Messages.copying,
                service -> service.copy(room.id(), ids),
                copies -> copies.size() == 1
                        ? Messages.copiedOneOffer
                        : NLS.bind(Messages.copiedOffers, Sentences.items(copies.size())));
    }

    private <T> void work(
            List<String> ids, String meanwhile, Function<Offers, CompletionStage<T>> order, Function<T, String> told) {
        Optional<Offers> service = live.offers();
        if (ids.isEmpty() || working || service.isEmpty()) {
            return;
        }
        working = true;
        setErrorMessage(null);
        setMessage(meanwhile);
        check();
        Answers.of(
                order.apply(service.get()),
                table,
                done -> {
                    working = false;
                    setMessage(told.apply(done));
                    check();
                    ask();
                },
                why -> {
                    working = false;
                    setMessage(Messages.browseExplained);
                    setErrorMessage(why);
                    check();
                });
    }
}
