// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/export_forms.h"

#include "audit/statement.h"

#include <array>
#include <nlohmann/json.hpp>

/// JSON lines; CSV (RFC 4180); CEF (ArcSight Common Event Format 0); OCSF 1.6, class API Activity (6003), https://schema.ocsf.io.
namespace carma::audit {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kOcsfCategory = 6; // Application Activity
constexpr int kOcsfClass = 6003; // API Activity
constexpr std::int64_t kUsAMillisecond = 1000;

enum class Activity : int { Create = 1, Read = 2, Update = 3, Delete = 4, Other = 99 };

Activity activityOf(std::string_view action)
{
    const std::string_view verb = action.substr(action.rfind('.') + 1);
    for (const std::string_view word : {"create", "add", "hold"}) {
        if (verb == word) {
            return Activity::Create;
        }
    }
    for (const std::string_view word : {"query", "show", "export"}) {
        if (verb == word) {
            return Activity::Read;
        }
    }
    for (const std::string_view word : {"forget", "purge", "erase", "erased", "prune", "release", "revoke"}) {
        if (verb == word) {
            return Activity::Delete;
        }
    }
    return action.starts_with("memory.") || action.starts_with("access.") ? Activity::Update : Activity::Other;
}

/// Text of the store may hold anything; JSON must be UTF-8.
std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string jsonLine(const AuditEntry& entry)
{
    Json json{
        {"sequence", entry.sequence}, {"time", utcTime(entry.timeUs)}, {"time_us", entry.timeUs}, {"state", carma::name(entry.state)}};
    if (entry.state == AuditState::Whole || entry.state == AuditState::Erased) {
        json.update(Json{{"action", entry.action}, {"class", carma::name(entry.kind)}, {"outcome", carma::name(entry.outcome)},
            {"object", entry.object}, {"request", entry.requestId}, {"namespace_id", entry.spaceId}, {"namespace", entry.space},
            {"actor", entry.actor}, {"subject", entry.subject}, {"detail", entry.detail}, {"reason", entry.reason},
            {"before", entry.before}, {"after", entry.after}});
    }
    return dumped(json);
}

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

std::string csvLine(const AuditEntry& entry)
{
    const std::array<std::string, 15> cells{utcTime(entry.timeUs), std::string(carma::name(entry.state)), entry.action,
        std::string(carma::name(entry.kind)), std::string(carma::name(entry.outcome)), entry.object, entry.requestId, entry.spaceId,
        entry.space, entry.actor, entry.subject, entry.detail, entry.reason, entry.before, entry.after};
    std::string text = std::to_string(entry.sequence);
    for (const std::string& each : cells) {
        text += "," + cell(each);
    }
    return text + "\r\n";
}

std::string escaped(std::string_view text, char separator)
{
    std::string out;
    for (const char c : text) {
        if (c == '\n' || c == '\r') {
            out += separator == '=' ? (c == '\n' ? "\\n" : "\\r") : " ";
            continue;
        }
        out += c == '\\' || c == separator ? "\\" : "";
        out += c;
    }
    return out;
}

std::string cefLine(const AuditEntry& entry)
{
    constexpr std::array<int, 3> kSeverity{3, 6, 7}; // by outcome, 0 to 10
    const std::string action = escaped(entry.action, '|');
    std::string text = "CEF:0|CARMA|Mycelium|1|" + action + "|" + action + "|" +
        std::to_string(kSeverity.at(static_cast<std::size_t>(entry.outcome))) + "|";
    text += "externalId=" + std::to_string(entry.sequence) + " rt=" + std::to_string(entry.timeUs / kUsAMillisecond);
    const auto add = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) {
            text += " " + std::string(key) + "=" + escaped(value, '=');
        }
    };
    add("outcome", carma::name(entry.outcome));
    add("suser", entry.actor);
    add("duser", entry.subject);
    add("fname", entry.detail);
    add("reason", entry.reason);
    add("cs1Label", "object");
    add("cs1", entry.object.empty() ? "-" : entry.object);
    add("cs2Label", "namespace");
    add("cs2", entry.space.empty() ? "-" : entry.space);
    add("cs3Label", "request");
    add("cs3", entry.requestId.empty() ? "-" : entry.requestId);
    return text + "\n";
}

std::string ocsfLine(const AuditEntry& entry, std::string_view store)
{
    const int activity = static_cast<int>(activityOf(entry.action));
    const bool done = entry.outcome == AuditOutcome::Done;
    Json json{{"class_uid", kOcsfClass}, {"category_uid", kOcsfCategory}, {"activity_id", activity},
        {"type_uid", kOcsfClass * 100 + activity}, {"time", entry.timeUs / kUsAMillisecond}, {"severity_id", done ? 1 : 2},
        {"status_id", done ? 1 : 2}, {"status", done ? "Success" : "Failure"}};
    if (!entry.reason.empty()) {
        json["status_detail"] = entry.reason;
    }
    json["metadata"] = {
        {"version", "1.6.0"}, {"product", {{"name", "CARMA Mycelium"}, {"vendor_name", "CARMA"}}}, {"uid", std::to_string(entry.sequence)}};
    json["actor"] = {{"user", {{"name", entry.actor.empty() ? "unknown" : entry.actor}}}};
    json["api"] = {{"operation", entry.action}, {"request", {{"uid", entry.requestId}}}, {"service", {{"name", "carma"}}}};
    json["src_endpoint"] = {{"uid", store}, {"name", "carma"}};
    Json resource{{"uid", entry.object}};
    if (!entry.detail.empty()) {
        resource["name"] = entry.detail;
    }
    if (!entry.spaceId.empty()) {
        resource["namespace"] = entry.spaceId;
    }
    json["resources"] = Json::array({resource});
    json["unmapped"] = {{"state", carma::name(entry.state)}, {"class", carma::name(entry.kind)}, {"subject", entry.subject},
        {"before", entry.before}, {"after", entry.after}};
    return dumped(json);
}

} // namespace

std::string_view name(AuditForm form)
{
    switch (form) {
    case AuditForm::JsonLines: return "jsonl";
    case AuditForm::Csv: return "csv";
    case AuditForm::Cef: return "cef";
    case AuditForm::Ocsf: return "ocsf";
    }
    return "unknown";
}

std::string heading(AuditForm form)
{
    return form == AuditForm::Csv ? "sequence,time,state,action,class,outcome,object,request,namespace_id,namespace,actor,subject,detail,"
                                    "reason,before,after\r\n"
                                  : "";
}

std::string line(AuditForm form, const AuditEntry& entry, std::string_view store)
{
    switch (form) {
    case AuditForm::JsonLines: return jsonLine(entry);
    case AuditForm::Csv: return csvLine(entry);
    case AuditForm::Cef: return cefLine(entry);
    case AuditForm::Ocsf: return ocsfLine(entry, store);
    }
    return {};
}

} // namespace carma::audit
