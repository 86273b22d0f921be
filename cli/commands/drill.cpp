// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "phrases.h"
#include "registry.h"
#include "text.h"

#include <carma/drill.h>

#include <fmt/format.h>

#include <fstream>

namespace carma::cli {

namespace {

class DrillCommand final : public Command {
public:
    std::string_view name() const override { return "drill"; }
    CommandHelp help() const override
    {
        return {"healing", "damage a copy of the store, heal it, and see what came back",
            "Copies the store (sharing blocks where the file system can), damages the copy as the options say, heals it and compares every "
            "document with the original, byte for byte. The store itself is only read. Without options two shard folders are deleted and "
            "100 bits flipped. The same seed does the same damage.\n\n"
            "--kill ends healing at some write, as kill -9 would, and again a little later, before it may end by itself. "
            "--age-years draws damage from published failure rates, as if each shard folder were on a disk of its own.",
            {"carma drill", "carma drill --lose-folders 3", "carma drill --kill --corrupt-catalog",
                "carma drill --age-years 10 --report drill.html", "carma drill --json"},
            {ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.option("--lose-folders", m_loseFolders, "N", "delete so many shard folders");
        arguments.option("--flip-bits", m_flipBits, "N", "flip so many bits in what is left");
        arguments.flag("--corrupt-catalog", m_options.corruptCatalog, "overwrite pages of the catalog");
        arguments.flag("--kill", m_options.kill, "end healing in the middle, up to eight times, before it may go on to its end");
        arguments.option("--age-years", m_options.ageYears, "N", "what disks meet in so many years");
        arguments.option("--seed", m_options.seed, "S", "repeat the drill that printed this seed");
        arguments.option("--folder", m_options.folder, "DIR", "where the copy goes (default: beside the store)").kind = ValueKind::Folder;
        arguments.flag("--keep", m_options.keep, "leave the healed copy there");
        arguments.option("--report", m_reportFile, "FILE", "write the report as a page of HTML with a picture of the sectors").kind =
            ValueKind::File;
    }
    Result<void> validate(const GlobalOptions& /*global*/) override
    {
        constexpr std::uint64_t kFoldersMax = 48;
        constexpr std::uint64_t kBitsMax = 10'000'000;
        const bool nothingAsked = m_loseFolders == kUnset && m_flipBits == kUnset && m_options.ageYears == 0 &&
            !m_options.corruptCatalog; // --kill alone needs something to heal
        const std::uint64_t folders = m_loseFolders != kUnset ? m_loseFolders : nothingAsked ? 2 : 0;
        m_options.flipBits = m_flipBits != kUnset ? m_flipBits : nothingAsked ? 100 : 0;
        if (folders > kFoldersMax || m_options.flipBits > kBitsMax) {
            return Error{ErrorCode::InvalidArgument, "a drill loses at most 48 folders and flips at most 10 million bits"};
        }
        m_options.loseFolders = static_cast<unsigned>(folders);
        return {};
    }
    Result<ExitCode> run(Session& session) override;

private:
    static Json toDocument(const DrillReport& report);
    static void print(const DrillReport& report, Printer& printer);

    DrillOptions m_options;
    static constexpr std::uint64_t kUnset = ~std::uint64_t{0};
    std::uint64_t m_loseFolders = kUnset;
    std::uint64_t m_flipBits = kUnset;
    std::string m_reportFile;
};

Json DrillCommand::toDocument(const DrillReport& report)
{
    Json object{{"seed", report.seed}, {"passed", report.passed()}, {"damage_done", report.damage}, {"bits_flipped", report.bitsFlipped},
        {"sectors_overwritten", report.sectorsOverwritten}, {"folders_lost", report.foldersLost}, {"kills", report.kills},
        {"documents", report.documents}, {"same", report.same}, {"different", report.different}, {"lies", report.lies},
        {"verified", report.verified}, {"healed", report.heal.healed}, {"unhealed", report.heal.unhealed},
        {"wrote_bytes", report.heal.bytesWritten}, {"copy_bytes", report.copyBytes}, {"copy_us", report.copyUs}, {"heal_us", report.healUs},
        {"compare_us", report.compareUs}};
    appendDamage(object, report.heal.damage);
    object["notes"] = report.heal.notes;
    return object;
}

void DrillCommand::print(const DrillReport& report, Printer& printer)
{
    constexpr std::size_t kShown = 20;
    printer.line(fmt::format("seed {}, {} copied in {}", report.seed, humanBytes(report.copyBytes), humanDuration(report.copyUs)));
    for (const std::string& done : report.damage) {
        printer.line("  " + escapeLine(done));
    }
    printer.line(fmt::format("{} found, {} healed, {} not, in {}", counted(report.heal.damage.faultsCount, "fault"),
        grouped(report.heal.healed), grouped(report.heal.unhealed), humanDuration(report.healUs)));
    const std::string verdict = fmt::format(
        "{} of {} the same, byte for byte", grouped(report.same), counted(report.documents, "document"));
    printer.line(report.passed() ? printer.good(verdict) : printer.bad(verdict));
    for (std::size_t i = 0; i < std::min(kShown, report.different.size()); ++i) {
        printer.line("  " + escapeLine(report.different[i]));
    }
    if (report.different.size() > kShown) {
        printer.line(fmt::format("  and {} more", grouped(report.different.size() - kShown)));
    }
    for (const std::string& lie : report.lies) {
        printer.line(printer.bad("  other bytes without a word: " + escapeLine(lie)));
    }
    for (const std::string& note : report.heal.notes) {
        printer.extra(escapeLine(note));
    }
    if (report.verified) {
        printer.line("the history of the healed copy holds");
    }
}

Result<ExitCode> DrillCommand::run(Session& session)
{
    CARMA_TRY_ASSIGN(const Credentials credentials, session.credentials());
    CARMA_TRY_ASSIGN(const DrillReport report, runDrill(session.storePath(), credentials, m_options, session.task()));
    session.endProgress();
    Printer& printer = session.printer();
    if (!m_reportFile.empty()) {
        std::ofstream file(m_reportFile, std::ios::binary | std::ios::trunc);
        file << drillHtml(report);
        file.close();
        if (!file) {
            return Error{ErrorCode::Io, m_reportFile + " could not be written"};
        }
    }
    if (printer.json()) {
        printer.document(toDocument(report));
    } else {
        print(report, printer);
    }
    if (m_options.keep) {
        printer.note("the healed copy is in " + report.copy);
    }
    if (report.cancelled) {
        return endCancelled(printer, "The copy was removed.");
    }
    return report.passed() ? ExitCode::Ok : ExitCode::Unhealed;
}

} // namespace

std::unique_ptr<Command> makeDrillCommand() { return std::make_unique<DrillCommand>(); }

} // namespace carma::cli
