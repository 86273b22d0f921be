// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/billing_body.h"

#include "base/body_version.h"
#include "usage/decimal_io.h"

namespace carma::billing {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kWhat = "a billing record";

/// Part of the stored format, do not renumber.
enum class Kind : std::uint8_t {
    Plan = 1,
    Subscription = 2,
    Unsubscribed = 3,
    Grant = 4,
    Invoice = 5,
    State = 6,
    Alert = 7,
    Metering = 8,
    Pseudonym = 9,
};

Error corrupt() { return unreadableBody(kWhat); }

void begin(ByteWriter& writer, Kind kind) { writer.number(static_cast<std::uint8_t>(kind)); }

void writeMonth(ByteWriter& writer, const Month& month)
{
    writer.number(month.year);
    writer.number(static_cast<std::uint8_t>(month.month));
}

void write(ByteWriter& writer, const PlanAdded& plan)
{
    begin(writer, Kind::Plan);
    writer.text(plan.json);
}

void write(ByteWriter& writer, const Subscription& subscription)
{
    begin(writer, Kind::Subscription);
    writer.text(subscription.customer);
    writer.text(subscription.plan);
    writer.number(subscription.fromUs);
    writer.number(subscription.toUs);
}

void write(ByteWriter& writer, const Unsubscribed& end)
{
    begin(writer, Kind::Unsubscribed);
    writer.text(end.customer);
    writer.number(end.fromUs);
}

void write(ByteWriter& writer, const Grant& grant)
{
    begin(writer, Kind::Grant);
    writer.text(grant.customer);
    writer.number(grant.amount);
    writer.text(grant.reason);
}

void writeLine(ByteWriter& writer, const InvoiceLine& line)
{
    writer.number(static_cast<std::uint8_t>(line.kind));
    writer.text(line.key);
    writer.text(line.text);
    writer.text(line.meter);
    usage::writeDecimal(writer, line.quantity);
    writer.number(line.amount);
    writer.number(line.fromUs);
    writer.number(line.toUs);
    writer.text(line.taxName);
    usage::writeDecimal(writer, line.taxPercent);
    writer.number(line.fromPlace);
    writer.number(line.toPlace);
}

void write(ByteWriter& writer, const Invoice& invoice)
{
    begin(writer, Kind::Invoice);
    writer.number(static_cast<std::uint8_t>(invoice.creditNote ? 1 : 0));
    writer.number(static_cast<std::uint8_t>(invoice.state));
    writer.number(invoice.number);
    writer.number(invoice.credits);
    writer.text(invoice.customer);
    writer.text(invoice.currency.code);
    writeMonth(writer, invoice.period);
    writer.number(invoice.issuedUs);
    writer.number(invoice.total);
    writer.text(invoice.reason);
    writer.number(invoice.through);
    writer.number(static_cast<std::uint32_t>(invoice.lines.size()));
    for (const InvoiceLine& line : invoice.lines) {
        writeLine(writer, line);
    }
}

void write(ByteWriter& writer, const StateChange& change)
{
    begin(writer, Kind::State);
    writer.number(change.number);
    writer.number(static_cast<std::uint8_t>(change.state));
    writer.text(change.reason);
}

void write(ByteWriter& writer, const UsageAlert& alert)
{
    begin(writer, Kind::Alert);
    writer.text(alert.customer);
    writeMonth(writer, alert.period);
    writer.text(alert.what);
    writer.number(static_cast<std::uint8_t>(alert.percent));
    writer.text(alert.used);
    writer.text(alert.of);
    writer.number(alert.raisedUs);
}

void write(ByteWriter& writer, const MeteringSwitch& metering)
{
    begin(writer, Kind::Metering);
    writer.number(static_cast<std::uint8_t>(metering.on ? 1 : 0));
}

void write(ByteWriter& writer, const Pseudonym& pseudonym)
{
    begin(writer, Kind::Pseudonym);
    writer.text(pseudonym.customer);
    writer.text(pseudonym.alias);
}

Result<Month> readMonth(ByteReader& reader)
{
    const auto year = reader.number<std::int32_t>();
    const auto month = reader.number<std::uint8_t>();
    if (year < 1970 || year > 9999 || month < 1 || month > 12) {
        return corrupt();
    }
    return Month{year, month};
}

Result<InvoiceLine> readLine(ByteReader& reader)
{
    InvoiceLine line;
    const auto kind = reader.number<std::uint8_t>();
    if (kind > static_cast<std::uint8_t>(LineKind::Credit)) {
        return corrupt();
    }
    line.kind = static_cast<LineKind>(kind);
    line.key = reader.text();
    line.text = reader.text();
    line.meter = reader.text();
    CARMA_TRY_ASSIGN(line.quantity, usage::readDecimal(reader));
    line.amount = reader.number<std::int64_t>();
    line.fromUs = reader.number<std::int64_t>();
    line.toUs = reader.number<std::int64_t>();
    line.taxName = reader.text();
    CARMA_TRY_ASSIGN(line.taxPercent, usage::readDecimal(reader));
    line.fromPlace = reader.number<std::uint64_t>();
    line.toPlace = reader.number<std::uint64_t>();
    return line;
}

Result<Item> readInvoice(ByteReader& reader)
{
    constexpr std::size_t kLineBytesMin = 1 + 3 * 4 + 17 + 3 * 8 + 4 + 17 + 2 * 8;
    Invoice invoice;
    const auto creditNote = reader.number<std::uint8_t>();
    const auto state = reader.number<std::uint8_t>();
    invoice.creditNote = creditNote == 1;
    invoice.state = static_cast<InvoiceState>(state);
    invoice.number = reader.number<std::uint64_t>();
    invoice.credits = reader.number<std::uint64_t>();
    invoice.customer = reader.text();
    const auto currency = currencyOf(reader.text());
    CARMA_TRY_ASSIGN(invoice.period, readMonth(reader));
    invoice.issuedUs = reader.number<std::int64_t>();
    invoice.total = reader.number<std::int64_t>();
    invoice.reason = reader.text();
    invoice.through = reader.number<std::uint64_t>();
    const auto count = reader.number<std::uint32_t>();
    // Only what is final is stored; what becomes of it later is a record of its own.
    if (creditNote > 1 || invoice.state != InvoiceState::Final || !currency.has_value() || count > reader.rest().size() / kLineBytesMin) {
        return corrupt();
    }
    invoice.currency = *currency;
    for (std::uint32_t i = 0; i < count; ++i) {
        CARMA_TRY_ASSIGN(InvoiceLine line, readLine(reader));
        invoice.lines.push_back(std::move(line));
    }
    return Item(std::move(invoice));
}

Result<Item> readSubscription(ByteReader& reader)
{
    Subscription subscription;
    subscription.customer = reader.text();
    subscription.plan = reader.text();
    subscription.fromUs = reader.number<std::int64_t>();
    subscription.toUs = reader.number<std::int64_t>();
    return Item(std::move(subscription));
}

Result<Item> readGrant(ByteReader& reader)
{
    Grant grant;
    grant.customer = reader.text();
    grant.amount = reader.number<std::int64_t>();
    grant.reason = reader.text();
    return Item(std::move(grant));
}

Result<Item> readState(ByteReader& reader)
{
    StateChange change;
    change.number = reader.number<std::uint64_t>();
    const auto state = reader.number<std::uint8_t>();
    change.reason = reader.text();
    change.state = static_cast<InvoiceState>(state);
    if (change.state != InvoiceState::Paid && change.state != InvoiceState::Void) {
        return corrupt();
    }
    return Item(std::move(change));
}

Result<Item> readAlert(ByteReader& reader)
{
    UsageAlert alert;
    alert.customer = reader.text();
    CARMA_TRY_ASSIGN(alert.period, readMonth(reader));
    alert.what = reader.text();
    alert.percent = reader.number<std::uint8_t>();
    alert.used = reader.text();
    alert.of = reader.text();
    alert.raisedUs = reader.number<std::int64_t>();
    return Item(std::move(alert));
}

Result<Item> readUnsubscribed(ByteReader& reader)
{
    Unsubscribed end;
    end.customer = reader.text();
    end.fromUs = reader.number<std::int64_t>();
    return Item(std::move(end));
}

Result<Item> readPseudonym(ByteReader& reader)
{
    Pseudonym pseudonym;
    pseudonym.customer = reader.text();
    pseudonym.alias = reader.text();
    return Item(std::move(pseudonym));
}

Result<Item> readItem(ByteReader& reader)
{
    switch (static_cast<Kind>(reader.number<std::uint8_t>())) {
    case Kind::Plan: return Item(PlanAdded{reader.text()});
    case Kind::Subscription: return readSubscription(reader);
    case Kind::Unsubscribed: return readUnsubscribed(reader);
    case Kind::Grant: return readGrant(reader);
    case Kind::Invoice: return readInvoice(reader);
    case Kind::State: return readState(reader);
    case Kind::Alert: return readAlert(reader);
    case Kind::Metering: return Item(MeteringSwitch{reader.number<std::uint8_t>() != 0});
    case Kind::Pseudonym: return readPseudonym(reader);
    }
    return corrupt();
}

} // namespace

std::string_view customerOf(const Item& item)
{
    return std::visit(
        [](const auto& value) -> std::string_view {
            if constexpr (requires { value.customer; }) {
                return value.customer;
            } else {
                return {};
            }
        },
        item);
}

Bytes encodeItem(const Item& item)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    std::visit([&](const auto& value) { write(writer, value); }, item);
    return bytes;
}

Result<Item> decodeItem(ByteView bytes)
{
    CARMA_TRY_ASSIGN(ByteReader reader, openBody(bytes, kVersion, kWhat));
    CARMA_TRY_ASSIGN(Item item, readItem(reader));
    CARMA_TRY(closeBody(reader, kWhat));
    return item;
}

} // namespace carma::billing
