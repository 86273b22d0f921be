// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/plans_pane.h"

#include "app/dialogs.h"
#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "frame/page.h"
#include "frame/widgets.h"
#include "pages/tables.h"

#include <QComboBox>
#include <QDateEdit>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSplitter>
#include <QTimeZone>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

QWidget* titled(const QString& title, QPushButton* press, QWidget* body)
{
    auto* widget = new QWidget;
    auto* row = new QHBoxLayout;
    row->addWidget(heading(title, 1));
    row->addStretch();
    row->addWidget(press);
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(body, 1);
    return widget;
}

} // namespace

PlansPane::PlansPane(Shell& shell, QWidget* parent)
    : QWidget(parent), m_shell(shell), m_plans(makePlansModel(this)), m_subscriptions(makeSubscriptionsModel(this)),
      m_planTable(tableView(m_plans, tr("Plans"), {130, 170, 100, 100, 130, 90})),
      m_table(tableView(m_subscriptions, tr("Subscriptions"), {240, 200, 120})), m_add(button(tr("Add a plan"))),
      m_subscribe(button(tr("Subscribe a customer")))
{
    auto* first = button(tr("Add a plan"));
    auto* split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(kGap);
    split->addWidget(titled(tr("Plans"), m_add,
        new TableOrAdvice(m_planTable, m_plans, tr("No plans yet"),
            tr("A plan is a JSON document that says what costs how much; core/docs/billing.md has every field."), first)));
    split->addWidget(titled(tr("Subscriptions"), m_subscribe,
        new TableOrAdvice(m_table, m_subscriptions, tr("Nobody is subscribed"),
            tr("Invoices are made for customers with a subscription. A namespace is a customer of its own name."), nullptr)));
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kGap, 0, 0);
    layout->addWidget(split);
    const auto ask = [this] { chooseOpenFile(this, tr("A plan"), tr("JSON (*.json)"), [this](const QString& path) { addPlan(path); }); };
    connect(m_add, &QPushButton::clicked, this, ask);
    connect(first, &QPushButton::clicked, this, ask);
    connect(m_subscribe, &QPushButton::clicked, this, &PlansPane::subscribe);
}

void PlansPane::show(const BillingState& state, bool readOnly)
{
    showRows(m_planTable, m_plans, state.plans);
    showRows(m_table, m_subscriptions, state.subscriptions);
    m_add->setEnabled(!readOnly);
    m_subscribe->setEnabled(!readOnly && !state.plans.empty());
}

void PlansPane::clear()
{
    m_plans->setRows({});
    m_subscriptions->setRows({});
}

void PlansPane::done(const Result<void>& answer)
{
    if (answer) {
        emit changed();
        return;
    }
    Problem problem = explain(answer.error(), Intent::Work);
    if (answer.error().code == ErrorCode::InvalidArgument) {
        problem.what = tr("The plan or subscription was refused.");
        problem.next = tr("The reason begins with the place in the document. Correct it and try again.");
        problem.remedy = Remedy::None;
    }
    m_shell.tell(problem);
}

void PlansPane::addPlan(const QString& path)
{
    m_shell.session().ask(
        this,
        [path](Store& store) -> Result<void> {
            CARMA_TRY_ASSIGN(const std::string json, readFile(path, kPlanBytesMax));
            CARMA_TRY(store.billing().addPlan(json, false));
            return {};
        },
        [this](const Result<void>& answer) { done(answer); });
}

void PlansPane::subscribe()
{
    const Subscription* begin = m_subscriptions->row(chosenRow(m_table));
    auto* dialog = new SubscribeDialog(m_plans->rows(), begin == nullptr ? QString() : text(begin->customer), this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_shell.session().ask(
            this, [wanted = dialog->wanted()](Store& store) { return store.billing().subscribe(wanted, false); },
            [this](const Result<void>& answer) { done(answer); });
    });
    openModal(dialog);
}

SubscribeDialog::SubscribeDialog(const std::vector<Plan>& plans, const QString& customer, QWidget* parent)
    : QDialog(parent), m_customer(named(new QLineEdit(customer), tr("Customer"))), m_plan(named(new QComboBox, tr("Plan"))),
      m_from(named(new QDateEdit, tr("From")))
{
    setWindowTitle(tr("Subscribe a customer"));
    setMinimumWidth(420);
    for (const Plan& plan : plans) {
        if (m_plan->findText(text(plan.id)) < 0) {
            m_plan->addItem(text(plan.id));
        }
    }
    const QDate today = QDateTime::currentDateTimeUtc().date();
    m_from->setDate(QDate(today.year(), today.month(), 1));
    m_from->setCalendarPopup(true);
    auto* form = new QFormLayout;
    form->setVerticalSpacing(kGap);
    form->setHorizontalSpacing(kMargin);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("Customer"), m_customer);
    form->addRow(tr("Plan"), m_plan);
    form->addRow(tr("From"), m_from);
    auto* go = button(tr("Subscribe"));
    auto* cancel = button(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(go);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addLayout(form);
    layout->addWidget(quiet(tr("An earlier subscription of the customer ends on that day (UTC).")));
    layout->addStretch();
    layout->addLayout(buttons);
    go->setDefault(true);
    go->setEnabled(!customer.isEmpty());
    connect(m_customer, &QLineEdit::textChanged, go, [go](const QString& now) { go->setEnabled(!now.trimmed().isEmpty()); });
    connect(go, &QPushButton::clicked, this, &QDialog::accept);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
}

Subscription SubscribeDialog::wanted() const
{
    Subscription made;
    made.customer = bytesOf(m_customer->text().trimmed());
    made.plan = bytesOf(m_plan->currentText());
    made.fromUs = QDateTime(m_from->date(), QTime(0, 0), QTimeZone::utc()).toMSecsSinceEpoch() * 1000;
    return made;
}

} // namespace carma::gui
