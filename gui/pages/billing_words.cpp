// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/billing_words.h"

#include "app/text.h"
#include "app/theme.h"
#include "frame/icons.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QTimeZone>

#include <set>

namespace carma::gui {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Billing)
};

constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

QIcon markOf(InvoiceState state)
{
    switch (state) {
    case InvoiceState::Draft: return symbolIcon(Symbol::Billing, tones().quiet);
    case InvoiceState::Final: return symbolIcon(Symbol::Warning, tones().warn); // money is outstanding
    case InvoiceState::Paid: return symbolIcon(Symbol::Good, tones().good);
    case InvoiceState::Void: break;
    }
    return symbolIcon(Symbol::Bad, tones().bad);
}

/// For people: whole numbers grouped, others to three digits; the tool tip has all of them.
QString shortly(const Decimal& value)
{
    const QString exact = text(toString(value));
    return QLocale().toString(exact.toDouble(), 'f', value.isWhole() ? 0 : 3);
}

QVariant order(std::int64_t value) { return {static_cast<qlonglong>(value)}; }

QString lineKind(LineKind kind)
{
    switch (kind) {
    case LineKind::Flat: return Texts::tr("flat");
    case LineKind::Usage: return Texts::tr("usage");
    case LineKind::Minimum: return Texts::tr("minimum");
    case LineKind::Cap: return Texts::tr("cap");
    case LineKind::Adjustment: return Texts::tr("adjustment");
    case LineKind::Tax: return Texts::tr("tax");
    case LineKind::Credit: return Texts::tr("credit");
    }
    return {};
}

Result<void> addDrafts(Billing& billing, const std::string& customer, BillingState& state)
{
    CARMA_TRY_ASSIGN(const std::vector<std::string> all, billing.customersOf(state.month));
    for (const std::string& each : all) {
        if (!customer.empty() && each != customer) {
            continue;
        }
        CARMA_TRY_ASSIGN(const bool billed, billing.isBilled(each, state.month));
        if (billed) {
            continue;
        }
        auto draft = billing.draft(each, state.month);
        if (draft) {
            state.invoices.push_back(std::move(*draft));
        } else if (state.note.empty()) {
            state.note = draft.error().message;
        }
    }
    return {};
}

} // namespace

Result<BillingState> billingStateOf(Billing& billing, const Month& month, const std::string& customer)
{
    BillingState state;
    state.month = month;
    CARMA_TRY_ASSIGN(state.metering, billing.metering());
    UsageFilter filter;
    filter.fromUs = month.fromUs();
    filter.toUs = month.toUs();
    CARMA_TRY_ASSIGN(state.sums, billing.rollUps(filter, RollupStep::Month));
    CARMA_TRY_ASSIGN(state.subscriptions, billing.subscriptions());
    std::set<std::string> customers;
    for (const UsageRollup& each : state.sums) {
        customers.insert(each.customer);
    }
    for (const Subscription& each : state.subscriptions) {
        customers.insert(each.customer);
    }
    state.customers.assign(customers.begin(), customers.end());
    filter.customer = customer;
    CARMA_TRY_ASSIGN(state.days, billing.rollUps(filter, RollupStep::Day));
    if (!customer.empty()) {
        std::erase_if(state.sums, [&customer](const UsageRollup& each) { return each.customer != customer; });
    }
    CARMA_TRY_ASSIGN(state.alerts, billing.alerts(month));
    CARMA_TRY_ASSIGN(state.plans, billing.plans());
    CARMA_TRY(addDrafts(billing, customer, state));
    InvoiceFilter wanted;
    wanted.customer = customer;
    CARMA_TRY_ASSIGN(std::vector<Invoice> written, billing.invoices(wanted));
    std::move(written.rbegin(), written.rend(), std::back_inserter(state.invoices));
    return state;
}

QString monthText(const Month& month)
{
    return QLocale().standaloneMonthName(static_cast<int>(month.month), QLocale::LongFormat) + ' ' + QString::number(month.year);
}

QString moneyText(std::int64_t minor, const Currency& currency)
{
    return text(formatMinor(minor, currency)).replace('.', QLocale().decimalPoint()) + ' ' + text(currency.code);
}

QString dayText(std::int64_t timeUs)
{
    if (timeUs == kNoEnd) {
        return Texts::tr("open");
    }
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(timeUs / 1000, QTimeZone::utc()).date(), QLocale::ShortFormat);
}

QString wordOf(InvoiceState state)
{
    switch (state) {
    case InvoiceState::Draft: return Texts::tr("draft");
    case InvoiceState::Final: return Texts::tr("final");
    case InvoiceState::Paid: return Texts::tr("paid");
    case InvoiceState::Void: return Texts::tr("void");
    }
    return {};
}

QString titleOf(const Invoice& invoice) { return invoice.number == 0 ? Texts::tr("Draft") : text(title(invoice)); }

std::string identityOf(const Invoice& invoice)
{
    return invoice.number == 0 ? "draft " + invoice.customer + ' ' + toString(invoice.period) : title(invoice);
}

UsageModel* makeUsageModel(QObject* parent)
{
    const auto figures = [](const QString& title, Decimal UsageRollup::*field) {
        return RowsColumn<UsageRollup>{title, [field](const UsageRollup& each) { return shortly(each.*field); }, true, {}, {},
            [field](const UsageRollup& each) { return text(toString(each.*field)); }};
    };
    std::vector<RowsColumn<UsageRollup>> columns{
        {Texts::tr("Customer"), [](const UsageRollup& each) { return oneLine(text(each.customer), 128); }},
        {Texts::tr("Meter"), [](const UsageRollup& each) { return text(each.meter); }},
        {Texts::tr("Events"), [](const UsageRollup& each) { return number(each.count); }, true},
        figures(Texts::tr("Sum"), &UsageRollup::sum),
        figures(Texts::tr("Largest"), &UsageRollup::max),
        figures(Texts::tr("Last"), &UsageRollup::latest),
        figures(Texts::tr("Value x hours"), &UsageRollup::valueHours),
    };
    return new UsageModel(
        std::move(columns), [](const UsageRollup& each) { return each.customer + '\n' + each.meter; }, parent);
}

InvoicesModel* makeInvoicesModel(QObject* parent)
{
    std::vector<RowsColumn<Invoice>> columns{
        {Texts::tr("Number"), titleOf},
        {Texts::tr("Customer"), [](const Invoice& each) { return oneLine(text(each.customer), 128); }},
        {Texts::tr("Period"), [](const Invoice& each) { return monthText(each.period); }, false,
            [](const Invoice& each) { return order(each.period.fromUs()); }},
        {Texts::tr("State"), [](const Invoice& each) { return wordOf(each.state); }, false, {},
            [](const Invoice& each) { return each.creditNote ? markOf(InvoiceState::Draft) : markOf(each.state); }},
        {Texts::tr("Issued"), [](const Invoice& each) { return each.issuedUs == 0 ? QString(QChar(0x2013)) : dayText(each.issuedUs); },
            false, [](const Invoice& each) { return order(each.issuedUs); }},
        {Texts::tr("Total"), [](const Invoice& each) { return moneyText(each.total, each.currency); }, true,
            [](const Invoice& each) { return order(each.total); }},
    };
    return new InvoicesModel(std::move(columns), identityOf, parent);
}

LinesModel* makeLinesModel(std::function<Currency()> currency, QObject* parent)
{
    std::vector<RowsColumn<InvoiceLine>> columns{
        {Texts::tr("For what"), [](const InvoiceLine& line) { return oneLine(text(line.text), 200); }},
        {Texts::tr("Kind"), [](const InvoiceLine& line) { return lineKind(line.kind); }},
        {Texts::tr("Quantity"), [](const InvoiceLine& line) { return line.meter.empty() ? QString() : text(toString(line.quantity)); },
            true},
        {Texts::tr("Amount"), [currency = std::move(currency)](const InvoiceLine& line) { return moneyText(line.amount, currency()); },
            true},
    };
    return new LinesModel(
        std::move(columns), [](const InvoiceLine& line) { return line.key; }, parent);
}

EventsModel* makeEventsModel(QObject* parent)
{
    std::vector<RowsColumn<UsageEvent>> columns{
        {Texts::tr("Time (UTC)"), [](const UsageEvent& event) { return text(formatUtc(event.timeUs)); }},
        {Texts::tr("Meter"), [](const UsageEvent& event) { return text(event.meter); }},
        {Texts::tr("Value"), [](const UsageEvent& event) { return text(toString(event.value)); }, true},
        {Texts::tr("Source and id"),
            [](const UsageEvent& event) {
                const QString id = text(event.source + ' ' + event.id);
                return oneLine(event.reverses.empty() ? id : Texts::tr("%1 takes back %2").arg(id, text(event.reverses)), 200);
            }},
    };
    return new EventsModel(
        std::move(columns), [](const UsageEvent& event) { return event.source + '\n' + event.id; }, parent);
}

PlansModel* makePlansModel(QObject* parent)
{
    std::vector<RowsColumn<Plan>> columns{
        {Texts::tr("Plan"), [](const Plan& plan) { return text(plan.id); }},
        {Texts::tr("Name"), [](const Plan& plan) { return oneLine(text(plan.text), 128); }},
        {Texts::tr("From"), [](const Plan& plan) { return dayText(plan.fromUs); }},
        {Texts::tr("To"), [](const Plan& plan) { return dayText(plan.toUs); }},
        {Texts::tr("A month"), [](const Plan& plan) { return text(toString(plan.flat) + ' ' + plan.currency.code); }, true},
        {Texts::tr("Charges"), [](const Plan& plan) { return number(plan.charges.size()); }, true},
        {Texts::tr("Tax"),
            [](const Plan& plan) {
                return plan.taxName.empty() ? Texts::tr("none") : text(plan.taxName + ' ' + toString(plan.taxPercent) + " %");
            }},
    };
    return new PlansModel(
        std::move(columns), [](const Plan& plan) { return plan.id + ' ' + std::to_string(plan.fromUs); }, parent);
}

SubscriptionsModel* makeSubscriptionsModel(QObject* parent)
{
    std::vector<RowsColumn<Subscription>> columns{
        {Texts::tr("Customer"), [](const Subscription& each) { return oneLine(text(each.customer), 128); }},
        {Texts::tr("Plan"), [](const Subscription& each) { return text(each.plan); }},
        {Texts::tr("From"), [](const Subscription& each) { return dayText(each.fromUs); }},
        {Texts::tr("To"), [](const Subscription& each) { return dayText(each.toUs); }},
    };
    const auto identity = [](const Subscription& each) { return each.customer + '\n' + std::to_string(each.fromUs); };
    return new SubscriptionsModel(std::move(columns), identity, parent);
}

} // namespace carma::gui
