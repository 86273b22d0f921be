// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

class StatusCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "status"; }
    CommandHelp help() const override
    {
        return {"store", "how the store is, and what is in it",
            "Tells at once, without reading everything: shard folders, failure domains, counts, sizes, ways to unlock and the last heal. "
            "carma scrub and carma verify look at every byte.",
            {"carma status", "carma status --json | jq -r .health"}, {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::DamagedStore}};
    }

private:
    Result<ExitCode> runWith(Store& store, Session& session) override;
};

/// One word for scripts and one line for people.
struct Headline {
    std::string_view health;
    std::string text;
};

Headline headlineOf(const StatusReport& status)
{
    const unsigned folders = status.dataShards + status.parityShards;
    const unsigned missing = folders > status.foldersPresent ? folders - status.foldersPresent : 0;
    if (missing > status.parityShards) {
        return {"damaged",
            fmt::format("damaged: {} of {} shard folders are missing, more than parity covers; run carma heal to keep what is left",
                missing, folders)};
    }
    if (missing != 0) {
        return {"degraded",
            fmt::format("degraded: {} of {} shard folders {} missing; run carma heal", missing, folders, missing == 1 ? "is" : "are")};
    }
    if (status.placeholders != 0) {
        return {"damaged", fmt::format("damaged: {} cannot be read; run carma heal", counted(status.placeholders, "fragment"))};
    }
    return {"healthy", status.warnings.empty() ? "healthy" : fmt::format("healthy, with {}", counted(status.warnings.size(), "remark"))};
}

Json documentOf(const StatusReport& status, const Headline& headline)
{
    return Json{
        {"health", headline.health},
        {"headline", headline.text},
        {"path", status.path},
        {"id", toString(status.id)},
        {"format", status.format},
        {"data_shards", status.dataShards},
        {"parity_shards", status.parityShards},
        {"folders_present", status.foldersPresent},
        {"failure_domains", status.failureDomains},
        {"embedder", status.embedder},
        {"namespaces", status.namespaces},
        {"documents", status.documents},
        {"fragments", status.fragments},
        {"placeholders", status.placeholders},
        {"forgotten", status.forgotten},
        {"text_bytes", status.textBytes},
        {"store_bytes", status.storeBytes},
        {"records", status.records},
        {"sealed_segments", status.sealedSegments},
        {"tail_bytes", status.tailBytes},
        {"created_us", status.createdUs},
        {"key_slots", status.keySlots},
        {"last_heal", status.lastHeal},
        {"warnings", status.warnings},
    };
}

void printText(Printer& printer, const StatusReport& status, const Headline& headline)
{
    printer.line(headline.health == "healthy" ? printer.good(headline.text)
            : headline.health == "degraded"   ? printer.caution(headline.text)
                                              : printer.bad(headline.text));
    const auto row = [&](std::string_view label, std::string_view value) {
        printer.line(printer.dim(padRight(label, 17)) + escapeLine(value));
    };
    const unsigned folders = status.dataShards + status.parityShards;
    row("store", status.path);
    row("id", toString(status.id));
    row("made", localTime(status.createdUs));
    row("shard folders",
        fmt::format("{} of {} present ({} data, {} parity)", status.foldersPresent, folders, status.dataShards, status.parityShards));
    row("failure domains", status.failureDomains == 0 ? "unknown" : std::to_string(status.failureDomains));
    row("opens with", fmt::format("{}", fmt::join(status.keySlots, ", ")));
    row("namespaces", grouped(status.namespaces));
    row("documents", grouped(status.documents));
    row("fragments", grouped(status.fragments));
    if (status.placeholders != 0) {
        row("unreadable", grouped(status.placeholders));
    }
    if (status.forgotten != 0) {
        row("forgotten", grouped(status.forgotten));
    }
    row("text", humanBytes(status.textBytes));
    row("on disk", humanBytes(status.storeBytes));
    row("log",
        fmt::format("{}, {}, tail {}", counted(status.records, "record"), counted(status.sealedSegments, "sealed segment"),
            humanBytes(status.tailBytes)));
    row("embedder", status.embedder);
    row("last heal", status.lastHeal.empty() ? "never" : status.lastHeal);
    for (const std::string& warning : status.warnings) {
        printer.line(printer.caution("! ") + escapeLine(warning));
    }
}

Result<ExitCode> StatusCommand::runWith(Store& store, Session& session)
{
    CARMA_TRY_ASSIGN(const StatusReport status, store.health().status());
    session.endProgress();
    const Headline headline = headlineOf(status);
    if (session.printer().json()) {
        session.printer().document(documentOf(status, headline));
    } else {
        printText(session.printer(), status, headline);
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeStatusCommand() { return std::make_unique<StatusCommand>(); }

} // namespace carma::cli
