// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/invoice_forms.h"

#include "crypto/crypto.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace carma {

namespace billing {

namespace {

using Json = nlohmann::ordered_json;

/// What is billed, the same for a draft and its final invoice. Places in the log are left out: they say where events are, not what is due.
Json billedPart(const Invoice& invoice)
{
    Json lines = Json::array();
    for (const InvoiceLine& line : invoice.lines) {
        Json item{{"kind", carma::name(line.kind)}, {"key", line.key}, {"text", line.text}};
        if (!line.meter.empty()) {
            item["meter"] = line.meter;
            item["quantity"] = toString(line.quantity);
        }
        item["amount"] = formatMinor(line.amount, invoice.currency);
        item["from"] = formatUtc(line.fromUs);
        item["to"] = formatUtc(line.toUs);
        if (!line.taxName.empty()) {
            item["tax"] = {{"name", line.taxName}, {"percent", toString(line.taxPercent)}};
        }
        lines.push_back(std::move(item));
    }
    return Json{{"customer", invoice.customer}, {"period", toString(invoice.period)}, {"currency", invoice.currency.code},
        {"lines", std::move(lines)}, {"total", formatMinor(invoice.total, invoice.currency)}};
}

std::string dumped(const Json& json, int indent) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

/// Quoted; a cell that a spreadsheet would run as a formula begins with an apostrophe instead.
std::string cell(std::string_view text)
{
    constexpr std::string_view kFormula = "=+-@\t\r";
    std::string quoted = "\"";
    quoted += !text.empty() && kFormula.find(text.front()) != std::string_view::npos ? "'" : "";
    for (const char c : text) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + "\"";
}

} // namespace

std::string toJson(const Invoice& invoice)
{
    Json json{{"carma_invoice", 1}, {"number", title(invoice)}, {"kind", invoice.creditNote ? "credit note" : "invoice"},
        {"state", carma::name(invoice.state)}};
    json["issued"] = invoice.issuedUs == 0 ? Json() : Json(formatUtc(invoice.issuedUs));
    if (invoice.creditNote) {
        Invoice credited;
        credited.number = invoice.credits;
        json["credits"] = title(credited);
    }
    if (!invoice.reason.empty()) {
        json["reason"] = invoice.reason;
    }
    json.update(billedPart(invoice));
    json["digest"] = digestOf(invoice);
    return dumped(json, 2) + "\n";
}

std::string toCsv(const Invoice& invoice)
{
    std::string text = "number,state,customer,period,currency,line,kind,text,meter,quantity,amount,from,to,tax,percent\r\n";
    const std::string head = title(invoice) + "," + std::string(carma::name(invoice.state)) + "," + cell(invoice.customer) + "," +
        toString(invoice.period) + "," + invoice.currency.code + ",";
    std::size_t number = 0;
    for (const InvoiceLine& line : invoice.lines) {
        text += head + std::to_string(++number) + "," + std::string(carma::name(line.kind)) + "," + cell(line.text) + "," +
            cell(line.meter) + "," + (line.meter.empty() ? "" : toString(line.quantity)) + "," +
            formatMinor(line.amount, invoice.currency) + "," + formatUtc(line.fromUs) + "," + formatUtc(line.toUs) + "," +
            cell(line.taxName) + "," + (line.taxName.empty() ? "" : toString(line.taxPercent)) + "\r\n";
    }
    return text + head + ",total,\"\",\"\",," + formatMinor(invoice.total, invoice.currency) + ",,,\"\",\r\n";
}

} // namespace billing

std::string_view name(LineKind kind)
{
    constexpr std::array<std::string_view, 7> kNames{"flat", "usage", "minimum", "cap", "adjustment", "tax", "credit"};
    return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view name(InvoiceState state)
{
    constexpr std::array<std::string_view, 4> kNames{"draft", "final", "paid", "void"};
    return kNames.at(static_cast<std::size_t>(state));
}

std::string title(const Invoice& invoice)
{
    if (invoice.number == 0) {
        return "draft";
    }
    std::string digits = std::to_string(invoice.number);
    constexpr std::size_t kDigits = 6;
    digits.insert(0, digits.size() < kDigits ? kDigits - digits.size() : 0, '0');
    return (invoice.creditNote ? "CN-" : "INV-") + digits;
}

std::string digestOf(const Invoice& invoice) { return toHex(crypto::sha256(asBytes(billing::dumped(billing::billedPart(invoice), -1)))); }

Result<std::string> exportInvoice(const Invoice& invoice, InvoiceForm form)
{
    switch (form) {
    case InvoiceForm::Json: return billing::toJson(invoice);
    case InvoiceForm::Csv: return billing::toCsv(invoice);
    case InvoiceForm::Pdf: return billing::toPdf(invoice);
    }
    return Error{ErrorCode::InvalidArgument, "there is no such form of an invoice"};
}

} // namespace carma
