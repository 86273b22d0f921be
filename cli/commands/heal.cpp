// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "phrases.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class HealCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "heal"; }
    CommandHelp help() const override
    {
        return {"healing", "find all damage and repair it exactly",
            "Looks at everything, rebuilds what is damaged or missing from what is left, and proves each repair by its recorded hash. "
            "Damaged bytes are put into quarantine/ first. What cannot be repaired is named. A second heal writes nothing.\n\n"
            "--from takes what is lost here from a copy of this store (see carma backup), each segment proved by the digest that is "
            "recorded here or by this store's signature.\n\n"
            "--files reads the files again that lost passages were ingested from: give it what was given to carma ingest. A file that was "
            "moved or renamed is found by its digest. A text is used only if the recorded digest of its document proves it; of a file that "
            "has changed since, only what did not change can be.",
            {"carma heal", "carma heal --from /mnt/usb/memory", "carma heal --files ~/notes", "carma heal --json | jq '.lost[].path'"},
            {ExitCode::NotFound, ExitCode::Healed, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore,
                ExitCode::Cancelled}};
    }

    void declare(Arguments& arguments) override
    {
        arguments.option("--from", m_from, "FOLDER", "also take what is lost from this copy of the store").kind = ValueKind::Folder;
        arguments.option("--files", m_files, "PATH", "also read what is lost again from files here; may be given more than once").kind =
            ValueKind::File;
    }
    Result<void> validate(const GlobalOptions& /*global*/) override
    {
        if (m_from && !m_files.empty()) {
            return Error{
                ErrorCode::InvalidArgument, "--from and --files exclude each other: a copy first, then the files for what is left"};
        }
        return {};
    }

private:
    bool writes() const override { return true; }
    Result<ExitCode> runWith(Store& store, Session& session) override;

    std::optional<std::string> m_from;
    std::vector<std::string> m_files;
};

ExitCode outcomeOf(const HealReport& report)
{
    if (report.unhealed != 0 || !report.damage.lost.empty() || report.damage.lostRecords != 0) {
        return ExitCode::Unhealed;
    }
    return report.damage.faultsCount == 0 ? ExitCode::Ok : ExitCode::Healed;
}

void printDocument(Printer& printer, const HealReport& report)
{
    Json object{{"damaged", report.damage.faultsCount}, {"healed", report.healed}, {"unhealed", report.unhealed},
        {"wrote_bytes", report.bytesWritten}, {"catalog_rebuilt", report.catalogRebuilt}};
    appendDamage(object, report.damage);
    object["restored"] = Json::array();
    for (const RestoredDocument& one : report.restored) {
        object["restored"].push_back(Json{{"document", toString(one.document)}, {"namespace", one.space}, {"path", one.path},
            {"source", one.source.empty() ? Json(nullptr) : Json(one.source)}, {"passages", one.passages}, {"pieces", one.pieces},
            {"problem", one.problem.empty() ? Json(nullptr) : Json(one.problem)}});
    }
    object["notes"] = report.notes;
    printer.document(object);
}

/// A line a document: what came from where, or why nothing did.
void printRestored(Printer& printer, const HealReport& report)
{
    for (const RestoredDocument& one : report.restored) {
        const std::string path = escapeLine(one.path.empty() ? toString(one.document) : one.path);
        if (!one.problem.empty()) {
            printer.line(fmt::format("  {}: {}", path, printer.caution(escapeLine(one.problem))));
            continue;
        }
        std::string what = one.passages > 0 ? counted(one.passages, "passage") : std::string();
        if (one.pieces > 0) {
            what += (what.empty() ? "" : " and ") + counted(one.pieces, "piece") + " of the original";
        }
        printer.line(fmt::format("  {}: {} put back from {}", path, what.empty() ? "its record" : what, escapeLine(one.source)));
    }
}

void printText(Printer& printer, const HealReport& report)
{
    const std::uint64_t damaged = report.damage.faultsCount;
    switch (outcomeOf(report)) {
    case ExitCode::Ok:
        if (!report.damage.cancelled) {
            printer.line(printer.good("nothing is damaged"));
        }
        break;
    case ExitCode::Healed:
        printer.line(printer.good(fmt::format("{} found, all healed: nothing is lost", counted(damaged, "fault"))));
        break;
    default:
        printer.line(printer.bad(
            fmt::format("{} found, {} healed, {} not", counted(damaged, "fault"), grouped(report.healed), grouped(report.unhealed))));
        break;
    }
    printFaults(printer, report.damage);
    printRestored(printer, report);
    printLost(printer, report.damage);
    for (const std::string& note : report.notes) {
        printer.extra(escapeLine(note));
    }
    if (report.catalogRebuilt) {
        printer.extra("the catalog was rebuilt from the log");
    }
    if (report.damage.flippedBits != 0) {
        printer.extra(counted(report.damage.flippedBits, "flipped bit"));
    }
    printer.extra(report.bytesWritten == 0 ? "nothing was written" : fmt::format("{} written", humanBytes(report.bytesWritten)));
    printEffort(printer, report.damage);
}

Result<ExitCode> HealCommand::runWith(Store& store, Session& session)
{
    Health& health = store.health();
    CARMA_TRY_ASSIGN(const HealReport report,
        m_from.has_value()    ? health.healFrom(*m_from, session.task())
            : m_files.empty() ? health.heal(session.task())
                              : health.healFromFiles(m_files, session.task()));
    session.endProgress();
    Printer& printer = session.printer();
    if (printer.json()) {
        printDocument(printer, report);
    } else {
        printText(printer, report);
    }
    if (report.damage.cancelled) {
        return endCancelled(printer,
            fmt::format("{} healed before that; run carma heal again to go on.", counted(report.healed, "fault was", "faults were")));
    }
    return outcomeOf(report);
}

} // namespace

std::unique_ptr<Command> makeHealCommand() { return std::make_unique<HealCommand>(); }

} // namespace carma::cli
