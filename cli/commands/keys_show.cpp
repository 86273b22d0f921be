// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys_actions.h"
#include "table.h"
#include "terminal.h"
#include "text.h"

#include <fmt/format.h>
#include <fstream>

namespace carma::cli {

namespace {

std::string fingerprintText(std::uint64_t fingerprint) { return fmt::format("{:016x}", fingerprint); }

Json squareJson(const MagicSquare& square)
{
    Json rows = Json::array();
    for (std::size_t row = 0; row < 3; ++row) {
        rows.push_back({square.cells.at(row * 3), square.cells.at(row * 3 + 1), square.cells.at(row * 3 + 2)});
    }
    return rows;
}

std::string orDash(const std::string& text) { return text.empty() ? "-" : text; }

} // namespace

Json toJson(const KeyInfo& info)
{
    Json scopes = Json::array();
    for (const KeyScope& scope : info.scopes) {
        scopes.push_back(toString(scope));
    }
    Json addresses = Json::array();
    for (const AddressRange& range : info.addresses) {
        addresses.push_back(toString(range));
    }
    const auto idOrNull = [](const KeyId& id) { return id.isNull() ? Json(nullptr) : Json(toString(id)); };
    return Json{{"id", toString(info.id)}, {"owner", info.owner}, {"label", info.label}, {"user", info.parts.user},
        {"position", info.parts.position}, {"block", info.parts.block()}, {"slot", info.parts.slot()},
        {"pi_word", fmt::format("{:08}", info.parts.piWord)}, {"permission", carma::name(info.parts.permission)}, {"scopes", scopes},
        {"addresses", addresses}, {"rate", info.rateClass}, {"quota_a_day", info.quotaADay},
        {"credits", info.credits ? Json(*info.credits) : Json(nullptr)}, {"state", carma::name(info.state)}, {"created_us", info.createdUs},
        {"not_before_us", info.notBeforeUs}, {"expires_us", info.expiresUs}, {"grace_ends_us", info.graceEndsUs},
        {"last_used_us", info.lastUsedUs}, {"uses", info.uses}, {"generation", info.generation}, {"successor", idOrNull(info.successor)},
        {"predecessor", idOrNull(info.predecessor)}, {"reason", info.reason}, {"fingerprint", fingerprintText(info.parts.fingerprint)},
        {"square", squareJson(squareOf(info.parts.fingerprint))}};
}

void print(Printer& printer, const KeyInfo& info)
{
    const auto row = [&](std::string_view name, const std::string& value) { printer.line(fmt::format("{:<12} {}", name, value)); };
    row("id", toString(info.id));
    row("owner", fmt::format("{} (user {})", escapeLine(info.owner), info.parts.user));
    if (!info.label.empty()) {
        row("label", escapeLine(info.label));
    }
    row("seat",
        fmt::format("{}, block {}, slot {}; pi goes on with {:08} there", info.parts.position, info.parts.block(), info.parts.slot(),
            info.parts.piWord));
    const std::string state(carma::name(info.state));
    const std::string why = info.reason.empty() ? "" : ": " + escapeLine(info.reason);
    row("state", (info.state == KeyState::Active ? printer.good(state) : printer.caution(state)) + why);
    std::string scopes;
    for (const KeyScope& scope : info.scopes) {
        scopes += (scopes.empty() ? "" : "  ") + escapeLine(toString(scope));
    }
    row("may", fmt::format("{} ({})", scopes, carma::name(info.parts.permission)));
    std::string networks;
    for (const AddressRange& range : info.addresses) {
        networks += (networks.empty() ? "" : "  ") + toString(range);
    }
    row("from", networks.empty() ? "everywhere" : networks);
    row("rate", info.rateClass + (info.quotaADay == 0 ? "" : fmt::format(", {} a day", grouped(info.quotaADay))));
    if (info.credits) {
        row("credits", grouped(*info.credits));
    }
    row("made", fmt::format("{}, generation {}", localTime(info.createdUs), info.generation));
    if (info.expiresUs != 0) {
        row("expires", localTime(info.expiresUs));
    }
    if (!info.successor.isNull()) {
        row("successor", fmt::format("{}; grace ends {}", toString(info.successor), localTime(info.graceEndsUs)));
    }
    row("used", fmt::format("{}, last {}", counted(info.uses, "time"), localTime(info.lastUsedUs)));
    printer.line("square");
    const std::string square = squareText(squareOf(info.parts.fingerprint));
    printer.line(square.substr(0, square.size() - 1));
}

Result<ExitCode> keysList(Store* store, Session& session, const KeysOptions& options)
{
    Table table({{"id"}, {"state"}, {"perm"}, {"seat", true}, {"uses", true}, {"last used"}, {"expires"}, {"owner"}, {"label"}});
    Json list = Json::array();
    std::uint64_t count = 0;
    const bool json = session.printer().json();
    CARMA_TRY(store->keys().list([&](const KeyInfo& info) {
        const bool wanted = (!options.owner || info.owner == *options.owner) &&
            (!options.state || carma::name(info.state) == *options.state);
        if (wanted && json) {
            list.push_back(toJson(info));
        } else if (wanted) {
            table.add({toString(info.id), std::string(carma::name(info.state)), std::string(carma::name(info.parts.permission)),
                std::to_string(info.parts.position), grouped(info.uses), localTime(info.lastUsedUs), localTime(info.expiresUs), info.owner,
                orDash(info.label)});
        }
        count += wanted ? 1 : 0;
        return !session.stopped();
    }));
    Printer& printer = session.printer();
    printer.document(list);
    if (!table.empty()) {
        table.print(printer);
    }
    printer.extra(printer.dim(counted(count, "key")));
    return session.stopped() ? ExitCode::Cancelled : ExitCode::Ok;
}

Result<ExitCode> keysShow(Store* store, Session& session, const KeysOptions& options)
{
    CARMA_TRY_ASSIGN(const KeyInfo info, store->keys().show(options.words.front()));
    session.printer().document(toJson(info));
    print(session.printer(), info);
    return ExitCode::Ok;
}

Result<ExitCode> keysSquare(Store* store, Session& session, const KeysOptions& options)
{
    std::uint64_t fingerprint = 0;
    if (store != nullptr) {
        CARMA_TRY_ASSIGN(const KeyInfo info, store->keys().show(*options.id));
        fingerprint = info.parts.fingerprint;
    } else {
        CARMA_TRY_ASSIGN(
            const SecretBytes text, readKeyText(options.words.empty() ? std::nullopt : std::optional(options.words.front()), session));
        CARMA_TRY_ASSIGN(const KeyParts parts, parseKey(asText(text.view())));
        fingerprint = parts.fingerprint;
    }
    const MagicSquare square = squareOf(fingerprint);
    Printer& printer = session.printer();
    printer.document(Json{{"fingerprint", fingerprintText(fingerprint)}, {"square", squareJson(square)},
        {"svg", options.svg ? Json(squareSvg(square)) : Json(nullptr)}});
    const std::string picture = options.svg ? squareSvg(square) : squareText(square);
    if (options.out) {
        std::ofstream file(*options.out, std::ios::binary | std::ios::trunc);
        file << picture;
        file.close();
        if (!file) {
            return Error{ErrorCode::Io, fmt::format("{} cannot be written", *options.out)};
        }
        printer.extra(fmt::format("written to {}", escapeLine(*options.out)));
    } else if (!printer.json()) {
        printer.raw(picture);
    }
    return ExitCode::Ok;
}

} // namespace carma::cli
