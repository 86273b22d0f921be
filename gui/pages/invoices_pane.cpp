// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/invoices_pane.h"

#include "app/dialogs.h"
#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "frame/page.h"
#include "frame/widgets.h"
#include "pages/invoice_change_dialog.h"
#include "pages/tables.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QSplitter>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr std::size_t kEventsMax = 10000;

InvoiceForm formOf(const QString& path)
{
    const QString end = QFileInfo(path).suffix().toLower();
    return end == "csv" ? InvoiceForm::Csv : end == "json" ? InvoiceForm::Json : InvoiceForm::Pdf;
}

} // namespace

InvoicesPane::InvoicesPane(Shell& shell, QWidget* parent)
    : QWidget(parent), m_shell(shell), m_invoices(makeInvoicesModel(this)), m_lines(makeLinesModel([this] { return m_currency; }, this)),
      m_events(makeEventsModel(this)), m_table(tableView(m_invoices, tr("Invoices"), {104, 190, 150, 96, 96})),
      m_pay(button(tr("Mark as paid"))), m_void(button(tr("Void"))), m_credit(button(tr("Credit note"))), m_export(button(tr("Export")))
{
    auto* list = new TableOrAdvice(m_table, m_invoices, tr("No invoices"),
        tr("Subscribe a customer to a plan on the tab Plans. What the month comes to then stands here as a draft, until the month is "
           "closed."),
        nullptr);
    auto* split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(kGap);
    split->addWidget(list);
    split->addWidget(buildLines());
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setSizes({280, 320});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kGap, 0, 0);
    layout->addWidget(split);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &InvoicesPane::showLines);
    connect(m_invoices, &QAbstractItemModel::modelReset, this, &InvoicesPane::showLines);
    connect(m_lineTable->selectionModel(), &QItemSelectionModel::selectionChanged, this, &InvoicesPane::showEvents);
    connect(m_pay, &QPushButton::clicked, this, &InvoicesPane::pay);
    connect(m_void, &QPushButton::clicked, this, &InvoicesPane::askVoid);
    connect(m_credit, &QPushButton::clicked, this, &InvoicesPane::askCredit);
    connect(m_export, &QPushButton::clicked, this, &InvoicesPane::askWhere);
    showLines();
}

QWidget* InvoicesPane::buildLines()
{
    m_title = heading({}, 1);
    m_about = quiet({});
    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addWidget(m_title);
    top->addWidget(m_about, 1);
    top->addWidget(m_pay);
    top->addWidget(m_credit);
    top->addWidget(m_void);
    top->addWidget(m_export);
    m_lineTable = tableView(m_lines, tr("Lines of the invoice"), {170, 84, 76});
    auto* events = tableView(m_events, tr("Events of the line"), {150, 90, 60});
    auto* list = new TableOrAdvice(
        events, m_events, tr("Events"), tr("Choose a line that counts usage to see what it is made of."), nullptr);
    auto* both = new QSplitter;
    both->setChildrenCollapsible(false);
    both->setHandleWidth(kGap);
    both->addWidget(m_lineTable);
    both->addWidget(list);
    both->setStretchFactor(0, 1);
    both->setStretchFactor(1, 1);
    both->setSizes({480, 480});
    QFrame* frame = card();
    layoutOf(frame)->setSpacing(8);
    layoutOf(frame)->addLayout(top);
    layoutOf(frame)->addWidget(both, 1);
    return frame;
}

void InvoicesPane::show(const BillingState& state, bool readOnly)
{
    m_readOnly = readOnly;
    showRows(m_table, m_invoices, state.invoices);
    if (chosenRow(m_table) < 0 && m_invoices->rowCount() > 0) {
        m_table->selectRow(0);
    }
    showLines();
}

void InvoicesPane::clear()
{
    m_invoices->setRows({});
    showLines();
}

const Invoice* InvoicesPane::chosen() const { return m_invoices->row(chosenRow(m_table)); }

void InvoicesPane::showLines()
{
    const Invoice* invoice = chosen();
    const bool mayChange = invoice != nullptr && !invoice->creditNote && !m_readOnly;
    const bool isFinal = mayChange && invoice->state == InvoiceState::Final;
    m_pay->setEnabled(isFinal);
    m_void->setEnabled(isFinal);
    m_credit->setEnabled(isFinal || (mayChange && invoice->state == InvoiceState::Paid));
    m_export->setEnabled(invoice != nullptr);
    if (invoice == nullptr) {
        m_title->setText(tr("No invoice is chosen"));
        m_about->clear();
        m_lines->setRows({});
        m_events->setRows({});
        return;
    }
    m_currency = invoice->currency;
    m_title->setText(titleOf(*invoice));
    QStringList about{oneLine(text(invoice->customer), 60), monthText(invoice->period), moneyText(invoice->total, invoice->currency)};
    if (!invoice->reason.empty()) {
        about.append(oneLine(text(invoice->reason), 80));
    }
    m_about->setText(about.join(", "));
    showRows(m_lineTable, m_lines, invoice->lines);
    if (chosenRow(m_lineTable) < 0) {
        const auto usage = std::ranges::find(invoice->lines, LineKind::Usage, &InvoiceLine::kind);
        if (usage != invoice->lines.end()) {
            m_lineTable->selectRow(static_cast<int>(usage - invoice->lines.begin()));
        }
    }
    showEvents();
}

void InvoicesPane::showEvents()
{
    const Invoice* invoice = chosen();
    const int line = chosenRow(m_lineTable);
    const InvoiceLine* shown = m_lines->row(line);
    ++m_asked;
    if (invoice == nullptr || shown == nullptr || shown->meter.empty()) {
        m_events->setRows({});
        return;
    }
    m_shell.session().ask(
        this,
        [wanted = *invoice, line](Store& store) -> Result<std::vector<UsageEvent>> {
            std::vector<UsageEvent> events;
            CARMA_TRY(store.billing().eventsOf(wanted, static_cast<std::size_t>(line), [&events](const UsageEvent& event) -> Result<bool> {
                events.push_back(event);
                return events.size() < kEventsMax;
            }));
            return events;
        },
        [this, asked = m_asked](Result<std::vector<UsageEvent>>& events) {
            if (asked == m_asked && events) {
                m_events->setRows(std::move(*events));
            }
        });
}

void InvoicesPane::tellEnd(const Result<Invoice>& invoice, const QString& done)
{
    if (!invoice) {
        m_shell.tell(explain(invoice.error(), Intent::Work));
        return;
    }
    m_shell.tell(done.arg(titleOf(*invoice)));
    emit changed();
}

void InvoicesPane::pay()
{
    const Invoice* invoice = chosen();
    if (invoice == nullptr || !m_pay->isEnabled()) {
        return;
    }
    m_shell.session().ask(
        this, [number = invoice->number](Store& store) { return store.billing().pay(number, "marked in the workstation", false); },
        [this](const Result<Invoice>& paid) { tellEnd(paid, tr("%1 is paid.")); });
}

void InvoicesPane::askVoid()
{
    const Invoice* invoice = chosen();
    if (invoice == nullptr || !m_void->isEnabled()) {
        m_shell.tell(tr("Choose a final invoice that is not paid on the page Billing first."));
        return;
    }
    auto* dialog = new InvoiceChangeDialog(*invoice, InvoiceChange::Void, this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_shell.session().ask(
            this, [number = dialog->number(), why = dialog->reason()](Store& store) { return store.billing().cancel(number, why, false); },
            [this](const Result<Invoice>& done) { tellEnd(done, tr("%1 is void.")); });
    });
    openModal(dialog);
}

void InvoicesPane::askCredit()
{
    const Invoice* invoice = chosen();
    if (invoice == nullptr || !m_credit->isEnabled()) {
        m_shell.tell(tr("Choose an invoice that is final or paid on the page Billing first."));
        return;
    }
    auto* dialog = new InvoiceChangeDialog(*invoice, InvoiceChange::Credit, this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_shell.session().ask(
            this,
            [number = dialog->number(), amount = dialog->amount(), why = dialog->reason()](
                Store& store) { return store.billing().credit(number, amount, why, false); },
            [this](const Result<Invoice>& note) { tellEnd(note, tr("%1 was written.")); });
    });
    openModal(dialog);
}

void InvoicesPane::askWhere()
{
    const Invoice* invoice = chosen();
    if (invoice == nullptr) {
        m_shell.tell(tr("Choose an invoice on the page Billing first."));
        return;
    }
    chooseSaveFile(
        this, tr("Export the invoice"), titleOf(*invoice) + ".pdf", [this](const QString& path) { exportTo(path); },
        tr("PDF (*.pdf);;Comma-separated (*.csv);;JSON (*.json)"));
}

void InvoicesPane::exportTo(const QString& path)
{
    const Invoice* invoice = chosen();
    if (invoice == nullptr) {
        return;
    }
    m_shell.session().ask(
        this,
        [wanted = *invoice, path](Store&) -> Result<void> {
            CARMA_TRY_ASSIGN(const std::string bytes, exportInvoice(wanted, formOf(path)));
            return writeFile(path, bytes);
        },
        [this, path](const Result<void>& written) {
            written ? m_shell.tell(tr("Written to %1").arg(path)) : m_shell.tell(explain(written.error(), Intent::Work));
        });
}

} // namespace carma::gui
