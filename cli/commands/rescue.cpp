// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "credentials.h"
#include "json_forms.h"
#include "phrases.h"
#include "registry.h"
#include "text.h"

#include <carma/rescue.h>

#include <fmt/format.h>

namespace carma::cli {

namespace {

class RescueCommand final : public Command {
public:
    std::string_view name() const override { return "rescue"; }
    CommandHelp help() const override
    {
        return {"healing", "make a new store of what is left of one that cannot be opened",
            "Looks through files and folders for pieces of stores, told by their content and not by their names: shard folders that were "
            "renamed or mixed up between stores, files in lost+found, the image of a disk. What belongs to one store is put where it "
            "belongs, healed, and proved by its digests. The new store has the id, the keys and the history of the old one; the sources "
            "are only read. What was not used is listed, with the reason.\n\n"
            "The catalog is not needed, and the key ring is made anew from the log where all copies are gone. The superblock is needed: "
            "one copy, or several damaged ones. It alone holds the master key, locked by the key file, the passphrase or the recovery "
            "code. "
            "Without it nothing can be decrypted by anybody; the command then says what was found and ends 8.",
            {"carma rescue /mnt/old-disk lost+found --into ~/memory-rescued", "carma rescue disk.img --dry-run",
                "carma rescue folders/ --into memory --id 01HZX4QKC7V2M3N4P5Q6R7S8T9"},
            {ExitCode::Failed, ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("SOURCE", m_sources, "files and folders to look through").kind = ValueKind::Folder;
        arguments.option("--into", m_options.into, "FOLDER", "the new store: missing or empty").kind = ValueKind::Folder;
        arguments.option("--id", m_id, "STORE_ID", "which store, where pieces of several are found");
        arguments.flag("--dry-run", m_options.dryRun, "write nothing, only tell what would come back");
    }
    Result<void> validate(const GlobalOptions& /*global*/) override
    {
        if (m_options.into.empty() != m_options.dryRun) {
            return Error{ErrorCode::InvalidArgument, "rescue takes either --into FOLDER, for the new store, or --dry-run"};
        }
        if (!m_id.empty()) {
            CARMA_TRY_ASSIGN(m_options.store, parseId<StoreId>(m_id));
        }
        return {};
    }
    Result<ExitCode> run(Session& session) override;

private:
    [[nodiscard]] Json toDocument(const RescueReport& report) const;
    void print(const RescueReport& report, Printer& printer) const;

    std::vector<std::string> m_sources;
    std::string m_id;
    RescueOptions m_options;
};

Json RescueCommand::toDocument(const RescueReport& report) const
{
    Json stores = Json::array();
    for (const RescueFind& find : report.stores) {
        stores.push_back({{"id", toString(find.id)}, {"chosen", find.chosen}, {"superblocks", find.superblocks},
            {"key_rings", find.keyRings}, {"shards", find.shards}, {"tails", find.tails}, {"segments", find.segments}});
    }
    Json rest = Json::array();
    for (const RescueRest& item : report.rest) {
        rest.push_back({{"file", item.file}, {"why", item.why}});
    }
    Json object{{"files", report.files}, {"bytes", report.bytes}, {"stores", stores}, {"into", m_options.into},
        {"dry_run", m_options.dryRun}, {"pieces_used", report.piecesUsed}, {"pieces_merged", report.piecesMerged},
        {"key_ring_rebuilt", report.keyRingRebuilt}, {"rest", rest}, {"rest_count", report.restCount}, {"notes", report.notes},
        {"problem", report.problem}, {"complete", report.complete()}, {"cancelled", report.cancelled}};
    if (report.problem.empty() && !report.cancelled) {
        object["records"] = report.verify.records;
        object["documents_whole"] = report.wholeDocuments;
        object["documents_broken"] = report.brokenDocuments;
        object["healed"] = report.heal.healed;
        object["history_problems"] = report.verify.problems;
        appendDamage(object, report.verify.damage);
    }
    return object;
}

void RescueCommand::print(const RescueReport& report, Printer& printer) const
{
    constexpr std::size_t kShown = 20;
    printer.extra(fmt::format("{}, {} looked through", counted(report.files, "file"), humanBytes(report.bytes)));
    for (const RescueFind& find : report.stores) {
        printer.line(fmt::format("{} {}: {}, {}, {} of {}, {}", find.chosen ? "store" : "other store", toString(find.id),
            counted(find.superblocks, "superblock"), counted(find.keyRings, "key ring"), counted(find.shards, "shard file"),
            counted(find.segments, "segment"), counted(find.tails, "tail copy", "tail copies")));
    }
    for (const std::string& note : report.notes) {
        printer.line("  " + escapeLine(note));
    }
    if (report.problem.empty() && !report.cancelled) {
        const std::string verdict = fmt::format("{} {}, {} whole, {} not", counted(report.verify.records, "record"),
            m_options.dryRun ? "could be had" : "in " + m_options.into, counted(report.wholeDocuments, "document"),
            grouped(report.brokenDocuments));
        printer.line(report.complete() ? printer.good(verdict) : printer.bad(verdict));
        printLost(printer, report.verify.damage);
        for (std::size_t i = 0; i < std::min(kShown, report.verify.problems.size()); ++i) {
            printer.line("  " + printer.bad(escapeLine(report.verify.problems[i])));
        }
    }
    if (report.restCount > 0) {
        printer.line(fmt::format("{} not used:", counted(report.restCount, "piece was", "pieces were")));
        for (std::size_t i = 0; i < std::min(kShown, report.rest.size()); ++i) {
            printer.line(fmt::format("  {}: {}", escapeLine(report.rest[i].file), escapeLine(report.rest[i].why)));
        }
        if (report.restCount > kShown) {
            printer.line(fmt::format("  and {} more; --json has {}", grouped(report.restCount - kShown), grouped(report.rest.size())));
        }
    }
}

Result<ExitCode> RescueCommand::run(Session& session)
{
    const RescueKeys keys = [&](const StoreInfo& info) {
        session.endProgress();
        return findCredentials(session.options(), info, "store " + toString(info.id), session.stop());
    };
    CARMA_TRY_ASSIGN(const RescueReport report, runRescue(m_sources, m_options, keys, session.task()));
    session.endProgress();
    Printer& printer = session.printer();
    if (printer.json()) {
        printer.document(toDocument(report));
    } else {
        print(report, printer);
    }
    if (report.cancelled) {
        return endCancelled(printer, "Nothing of a new store was left.");
    }
    if (!report.problem.empty()) {
        return Error{ErrorCode::DamagedStore, report.problem};
    }
    return report.complete() ? ExitCode::Ok : ExitCode::Unhealed;
}

} // namespace

std::unique_ptr<Command> makeRescueCommand() { return std::make_unique<RescueCommand>(); }

} // namespace carma::cli
