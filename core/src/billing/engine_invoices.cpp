// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/engine.h"

#include <algorithm>

namespace carma::billing {

namespace {

Error invalid(std::string message) { return {ErrorCode::InvalidArgument, std::move(message)}; }

} // namespace

Result<std::vector<std::string>> Engine::customersOf(const Month& period)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    std::vector<std::string> customers;
    for (const auto& [customer, list] : m_billing.subscriptions()) {
        const auto overlaps = [&](const Subscription& each) { return each.fromUs < period.toUs() && each.toUs > period.fromUs(); };
        if (std::ranges::any_of(list, overlaps)) {
            customers.push_back(customer);
        }
    }
    return customers;
}

Result<Invoice> Engine::draftNow(std::string_view customer, const Month& period)
{
    CARMA_TRY(checkWhole());
    for (const Invoice& invoice : m_billing.invoices()) {
        if (invoice.customer == customer && invoice.period == period && invoice.state != InvoiceState::Void) {
            return Error{ErrorCode::AlreadyExists, toString(period) + " is billed to '" + invoice.customer + "' with " + title(invoice)};
        }
    }
    return draftInvoice(rating(), customer, period);
}

Result<bool> Engine::isBilled(std::string_view customer, const Month& period)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    return std::ranges::any_of(m_billing.invoices(),
        [&](const Invoice& each) { return each.customer == customer && each.period == period && each.state != InvoiceState::Void; });
}

Result<Invoice> Engine::draft(std::string_view customer, const Month& period)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(true));
    return draftNow(customer, period);
}

Result<Invoice> Engine::finaliseNow(std::string_view customer, const Month& period, std::string_view digest)
{
    const std::int64_t now = m_journal.clock().wallTimeUs();
    if (now < period.toUs()) {
        return invalid(toString(period) + " is not over before " + formatUtc(period.toUs()));
    }
    if (now < m_billing.lastIssuedUs()) {
        return invalid("the clock stands at " + formatUtc(now) + ", before the last invoice (" + formatUtc(m_billing.lastIssuedUs()) + ")");
    }
    CARMA_TRY_ASSIGN(Invoice invoice, draftNow(customer, period));
    if (invoice.lines.empty()) {
        return invalid("there is nothing to bill to '" + invoice.customer + "' for " + toString(period));
    }
    for (const Subscription& each : m_billing.subscriptionsOf(customer)) {
        for (Month earlier = Month::of(each.fromUs); earlier < period && earlier.fromUs() < each.toUs; earlier = earlier.next()) {
            if (isClosed(m_billing, customer, earlier)) {
                continue;
            }
            CARMA_TRY_ASSIGN(const auto lines, rateMonth(rating(), customer, earlier));
            if (!lines.empty()) {
                return invalid(toString(earlier) + " of '" + invoice.customer + "' comes first: it has no final invoice");
            }
        }
    }
    if (!digest.empty() && digest != digestOf(invoice)) {
        return invalid("the draft has changed since it was looked at: its digest is " + digestOf(invoice));
    }
    invoice.state = InvoiceState::Final;
    invoice.number = m_billing.invoices().size() + 1;
    invoice.issuedUs = now;
    return invoice;
}

Result<Invoice> Engine::finalise(std::string_view customer, const Month& period, std::string_view digest)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(true));
    auto invoice = finaliseNow(customer, period, digest);
    Deed deed{"invoice.finalise", toString(period), std::string(customer.substr(0, kUsageTextMax)), ""};
    if (!invoice.has_value()) {
        return refuse(deed, invoice.error(), false);
    }
    deed.object = title(*invoice);
    deed.detail = toString(period);
    CARMA_TRY(write(*invoice, deed));
    return invoice;
}

Result<Invoice> Engine::find(std::uint64_t number) const
{
    const auto found = std::ranges::find(m_billing.invoices(), number, &Invoice::number);
    if (found == m_billing.invoices().end()) {
        return Error{ErrorCode::NotFound, "there is no invoice " + std::to_string(number)};
    }
    return *found;
}

/// What credit notes took off an invoice, as a positive amount.
std::int64_t Engine::credited(std::uint64_t number) const
{
    std::int64_t sum = 0;
    for (const Invoice& note : m_billing.creditNotes()) {
        sum -= note.credits == number ? note.total : 0;
    }
    return sum;
}

Result<Invoice> Engine::change(std::uint64_t number, InvoiceState to, std::string_view reason, bool dryRun)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    const std::string action = to == InvoiceState::Paid ? "invoice.pay" : "invoice.void";
    auto found = find(number);
    if (found.has_value() && found->state != InvoiceState::Final) {
        found = invalid(title(*found) + " is " + std::string(name(found->state)) + ", not final");
    } else if (found.has_value() && to == InvoiceState::Void && credited(number) != 0) {
        found = invalid(title(*found) + " has credit notes: credit what is left of it");
    } else if (found.has_value() && (reason.size() > kUsageTextMax || (to == InvoiceState::Void && reason.empty()))) {
        found = invalid("a reason of at most 128 bytes is needed");
    }
    if (!found.has_value()) {
        return refuse({action, std::to_string(number), "", ""}, found.error(), dryRun);
    }
    if (!dryRun) {
        CARMA_TRY(write(StateChange{number, to, std::string(reason)}, {action, title(*found), found->customer, std::string(reason)}));
    }
    found->state = to;
    found->reason = reason;
    return found;
}

Result<Invoice> Engine::pay(std::uint64_t number, std::string_view reason, bool dryRun)
{
    return change(number, InvoiceState::Paid, reason, dryRun);
}

Result<Invoice> Engine::cancel(std::uint64_t number, std::string_view reason, bool dryRun)
{
    return change(number, InvoiceState::Void, reason, dryRun);
}

/// Taxes go back in proportion. Each part is a difference of what is credited up to it, so that all parts give back the whole tax.
Result<Invoice> Engine::creditNow(std::uint64_t number, std::optional<std::int64_t> amount, std::string_view reason) const
{
    CARMA_TRY_ASSIGN(const Invoice invoice, find(number));
    const std::int64_t before = credited(number);
    const std::int64_t credit = amount.value_or(invoice.total - before);
    if (invoice.state != InvoiceState::Final && invoice.state != InvoiceState::Paid) {
        return invalid(title(invoice) + " is " + std::string(name(invoice.state)));
    }
    if (credit <= 0 || credit > invoice.total - before) {
        return invalid("of " + title(invoice) + " there is " + formatMinor(invoice.total - before, invoice.currency) + " " +
            invoice.currency.code + " left to credit");
    }
    if (reason.empty() || reason.size() > kUsageTextMax) {
        return invalid("a reason of at most 128 bytes is needed");
    }
    Invoice note;
    note.creditNote = true;
    note.state = InvoiceState::Final;
    note.number = m_billing.creditNotes().size() + 1;
    note.credits = number;
    note.customer = invoice.customer;
    note.currency = invoice.currency;
    note.period = invoice.period;
    note.issuedUs = m_journal.clock().wallTimeUs();
    note.reason = reason;
    note.total = -credit;
    std::int64_t gross = 0; // before prepaid credit, which carries no tax
    for (const InvoiceLine& line : invoice.lines) {
        gross += line.kind == LineKind::Credit ? 0 : line.amount;
    }
    InvoiceLine net;
    net.kind = LineKind::Adjustment;
    net.key = "credit-note";
    net.text = "Credit for " + title(invoice);
    net.fromUs = invoice.period.fromUs();
    net.toUs = invoice.period.toUs();
    net.amount = -credit;
    note.lines.push_back(net);
    for (const InvoiceLine& line : invoice.lines) {
        if (line.kind == LineKind::Tax) {
            const auto upTo = [&](std::int64_t part) {
                return static_cast<std::int64_t>(divideHalfEven(static_cast<Int128>(line.amount) * part, gross));
            };
            InvoiceLine tax = line;
            tax.amount = -(upTo(before + credit) - upTo(before));
            note.lines.front().amount -= tax.amount;
            note.lines.push_back(tax);
        }
    }
    return note;
}

Result<Invoice> Engine::credit(std::uint64_t number, std::optional<std::int64_t> amount, std::string_view reason, bool dryRun)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    Result<Invoice> note = creditNow(number, amount, reason);
    if (note.has_value() && note->issuedUs < m_billing.lastIssuedUs()) {
        note = invalid("the clock stands at " + formatUtc(note->issuedUs) + ", before the last invoice");
    }
    if (!note.has_value()) {
        return refuse({"invoice.credit", std::to_string(number), "", ""}, note.error(), dryRun);
    }
    if (!dryRun) {
        CARMA_TRY(write(*note, {"invoice.credit", title(*note), note->customer, std::string(reason)}));
    }
    return note;
}

Result<std::vector<Invoice>> Engine::invoices(const InvoiceFilter& filter)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    std::vector<Invoice> found;
    for (const std::vector<Invoice>* list : {&m_billing.invoices(), &m_billing.creditNotes()}) {
        std::ranges::copy_if(*list, std::back_inserter(found), [&](const Invoice& each) {
            return (filter.customer.empty() || each.customer == filter.customer) && (!filter.period || each.period == *filter.period);
        });
    }
    return found;
}

Result<Invoice> Engine::invoice(std::uint64_t number, bool creditNote)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    if (!creditNote) {
        return find(number);
    }
    const auto found = std::ranges::find(m_billing.creditNotes(), number, &Invoice::number);
    if (found == m_billing.creditNotes().end()) {
        return Error{ErrorCode::NotFound, "there is no credit note " + std::to_string(number)};
    }
    return *found;
}

Result<void> Engine::eventsOf(const Invoice& invoice, std::size_t line, const std::function<Result<bool>(const UsageEvent&)>& visit)
{
    if (line >= invoice.lines.size()) {
        return invalid(title(invoice) + " has " + std::to_string(invoice.lines.size()) + " lines");
    }
    const InvoiceLine& asked = invoice.lines[line];
    if (asked.meter.empty()) {
        return {}; // a fee, a tax: no events stand behind it
    }
    std::vector<usage::StoredEvent> found;
    {
        CARMA_TRY_ASSIGN(const auto lock, enter(true));
        CARMA_TRY_ASSIGN(
            found, m_usage->select(m_journal, {invoice.customer, asked.meter, asked.fromUs, asked.toUs}, {asked.fromPlace, asked.toPlace}));
        if (found.empty() && !asked.quantity.isZero() && m_usage->endOf(invoice.customer) == 0) {
            return Error{ErrorCode::NotFound,
                "the customer of " + title(invoice) + " was erased: the events stand under a pseudonym, and nothing says under which"};
        }
    }
    return visitEvents(std::move(found), visit);
}

} // namespace carma::billing
