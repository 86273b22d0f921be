// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/billing_page.h"

#include "app/dialogs.h"
#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "pages/close_month_dialog.h"
#include "pages/invoices_pane.h"
#include "pages/plans_pane.h"
#include "pages/usage_pane.h"

#include <carma/clock.h>

#include <QComboBox>
#include <QHBoxLayout>
#include <QTabWidget>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr int kMonthsShown = 24;
enum Tab : int { Usage, Invoices, Plans };

Month before(const Month& month) { return Month::of(month.fromUs() - 1); }

} // namespace

BillingPage::BillingPage(Shell& shell)
    : m_shell(shell), m_month(named(new QComboBox, tr("Month"))), m_customer(named(new QComboBox, tr("Customer"))), m_line(quiet({})),
      m_tabs(named(new QTabWidget, tr("Billing"))), m_usage(new UsagePane), m_invoices(new InvoicesPane(shell)),
      m_plans(new PlansPane(shell))
{
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_usage, tr("Usage"));
    m_tabs->addTab(m_invoices, tr("Invoices"));
    m_tabs->addTab(m_plans, tr("Plans"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(buildTop());
    layout->addWidget(m_line);
    layout->addWidget(m_tabs, 1);
    buildCommands();
    connect(m_month, &QComboBox::currentIndexChanged, this, &BillingPage::refresh);
    connect(m_customer, &QComboBox::currentIndexChanged, this, &BillingPage::refresh);
    connect(m_usage, &UsagePane::meteringWanted, this, &BillingPage::setMetering);
    connect(m_invoices, &InvoicesPane::changed, this, [this] { emit m_shell.session().changed(); });
    connect(m_plans, &PlansPane::changed, this, [this] { emit m_shell.session().changed(); });
}

QWidget* BillingPage::buildTop()
{
    Month month = Month::of(systemClock().wallTimeUs());
    for (int i = 0; i < kMonthsShown; ++i) {
        m_month->addItem(monthText(month), text(toString(month)));
        month = before(month);
    }
    m_customer->addItem(tr("All customers"));
    m_customer->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto* close = button(tr("Close the month"));
    close->setToolTip(tr("Shows what the invoices of the month come to, and makes them final."));
    auto* top = new QWidget;
    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(heading(tr("Billing")));
    row->addStretch();
    for (QWidget* each : std::initializer_list<QWidget*>{m_month, m_customer, close}) {
        each->setMinimumHeight(32);
        row->addWidget(each);
    }
    connect(close, &QPushButton::clicked, this, &BillingPage::closeMonth);
    return top;
}

void BillingPage::buildCommands()
{
    m_shell.addCommand(tr("Close the month"), QKeySequence("Ctrl+Shift+M"), [this] { closeMonth(); });
    m_shell.addCommand(tr("Export the chosen invoice"), QKeySequence("Ctrl+Shift+I"), [this] { m_invoices->askWhere(); });
    m_shell.addCommand(tr("Void the chosen invoice"), QKeySequence("Ctrl+Alt+V"), [this] { m_invoices->askVoid(); });
    m_shell.addCommand(tr("Write a credit note for the chosen invoice"), QKeySequence("Ctrl+Alt+C"), [this] { m_invoices->askCredit(); });
}

QStringList BillingPage::command() const
{
    const QStringList of = m_customer->currentIndex() <= 0 ? QStringList() : QStringList{"--customer", m_customer->currentText()};
    if (m_tabs->currentWidget() == m_plans) {
        return {"plans", "list"};
    }
    return QStringList{m_tabs->currentWidget() == m_usage ? "usage" : "invoices", "list", "--period", m_month->currentData().toString()} +
        of;
}

Month BillingPage::month() const { return Month::parse(bytesOf(m_month->currentData().toString())).value_or(Month{}); }

void BillingPage::refresh()
{
    const std::string customer = m_customer->currentIndex() <= 0 ? std::string() : bytesOf(m_customer->currentText());
    m_shell.session().ask(
        this, [wanted = month(), customer](Store& store) { return billingStateOf(store.billing(), wanted, customer); },
        [this, asked = ++m_asked](const Result<BillingState>& state) {
            if (asked != m_asked) {
                return; // another month was chosen meanwhile
            }
            if (!state) {
                m_shell.tell(explain(state.error(), Intent::Work), [this] { refresh(); });
                return;
            }
            show(*state);
        });
}

void BillingPage::show(const BillingState& state)
{
    const bool readOnly = m_shell.session().readOnly();
    m_drafts.clear();
    std::size_t due = 0;
    for (const Invoice& invoice : state.invoices) {
        due += invoice.state == InvoiceState::Final && !invoice.creditNote ? 1U : 0U;
        if (invoice.state == InvoiceState::Draft) {
            m_drafts.push_back(invoice);
        }
    }
    QString line = tr("%1 customers, %2 drafts for %3, %4 invoices to be paid")
                       .arg(number(state.customers.size()), number(m_drafts.size()), monthText(state.month), number(due));
    m_line->setText(state.note.empty() ? line : line + ". " + text(state.note));
    showCustomers(state.customers);
    m_usage->show(state, readOnly);
    m_invoices->show(state, readOnly);
    m_plans->show(state, readOnly);
}

void BillingPage::showCustomers(const std::vector<std::string>& customers)
{
    QStringList names{m_customer->itemText(0)};
    for (const std::string& each : customers) {
        names.append(text(each));
    }
    QStringList shown;
    for (int i = 0; i < m_customer->count(); ++i) {
        shown.append(m_customer->itemText(i));
    }
    const QString kept = m_customer->currentText();
    if (names != shown && names.contains(kept)) {
        const QSignalBlocker blocker(m_customer);
        m_customer->clear();
        m_customer->addItems(names);
        m_customer->setCurrentText(kept);
    }
}

void BillingPage::open(const QString& detail)
{
    const QStringList tabs{"usage", "invoices", "plans"};
    if (const auto tab = tabs.indexOf(detail); tab >= 0) {
        m_tabs->setCurrentIndex(static_cast<int>(tab));
    } else if (const int at = m_month->findData(detail); at >= 0) {
        m_month->setCurrentIndex(at);
    }
}

void BillingPage::reset()
{
    ++m_asked;
    m_drafts.clear();
    m_line->clear();
    m_usage->clear();
    m_invoices->clear();
    m_plans->clear();
    const QSignalBlocker blocker(m_customer);
    while (m_customer->count() > 1) {
        m_customer->removeItem(1);
    }
}

void BillingPage::closeMonth()
{
    if (!m_shell.session().isOpen() || m_shell.session().readOnly()) {
        m_shell.tell(tr("Open a store for writing to close a month."));
        return;
    }
    m_shell.goTo("billing", "invoices");
    const Month wanted = month();
    const bool over = wanted.toUs() <= systemClock().wallTimeUs();
    auto* dialog = new CloseMonthDialog(wanted, m_drafts, over, this);
    connect(dialog, &QDialog::accepted, this, [this, dialog, wanted] { finalise(wanted, dialog->drafts()); });
    openModal(dialog);
}

void BillingPage::finalise(const Month& month, const std::vector<Invoice>& drafts)
{
    m_shell.session().start(
        this, tr("Close %1").arg(monthText(month)),
        [month, drafts](Store& store, const Task& task) -> Result<std::uint64_t> {
            std::uint64_t made = 0;
            for (const Invoice& draft : drafts) {
                if (task.cancelled()) {
                    return Error{ErrorCode::Cancelled, std::to_string(made) + " invoices were made"};
                }
                task.report({"making invoices final", made, drafts.size(), "invoices"});
                CARMA_TRY(store.billing().finalise(draft.customer, month, digestOf(draft))); // what was looked at, or nothing
                ++made;
            }
            return made;
        },
        [this](const Result<std::uint64_t>& made) {
            if (!made) {
                m_shell.tell(explain(made.error(), Intent::Work));
                return QString();
            }
            QString line = tr("%1 invoices are final").arg(number(*made));
            m_shell.tell(line);
            refresh(); // no draft is shown that is an invoice by now
            return line;
        });
}

void BillingPage::setMetering(bool on)
{
    m_shell.session().ask(
        this, [on](Store& store) { return store.billing().setMetering(on); },
        [this](const Result<void>& done) {
            if (!done) {
                m_shell.tell(explain(done.error(), Intent::Work));
                return;
            }
            refresh();
        });
}

} // namespace carma::gui
