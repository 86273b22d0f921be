// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "phrases.h"

#include "text.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace carma::cli {

namespace {

constexpr std::size_t kListedMax = 20; // --json lists everything

struct FileFaults {
    std::uint64_t count = 0;
    std::uint64_t healed = 0;
    std::uint64_t lost = 0;
    std::uint64_t flippedBits = 0;
    const Fault* first = nullptr;
};

std::string outcomeOf(const FileFaults& faults, const Printer& printer)
{
    if (faults.lost != 0) {
        return printer.bad(fmt::format("{} lost", grouped(faults.lost)));
    }
    return faults.healed == faults.count ? printer.good("healed") : printer.caution("found");
}

void sayMore(Printer& printer, std::size_t all)
{
    if (all > kListedMax) {
        printer.line(fmt::format("  and {} more; --json lists them all", grouped(all - kListedMax)));
    }
}

} // namespace

std::string describe(const Fault& fault)
{
    std::string text(name(fault.kind));
    if (fault.kind == FaultKind::BadSector && fault.flippedBits != 0) {
        text += ", " + counted(fault.flippedBits, "flipped bit");
    }
    return text;
}

void printFaults(Printer& printer, const DamageReport& damage)
{
    std::map<std::string, FileFaults> byFile;
    for (const Fault& fault : damage.faults) {
        FileFaults& file = byFile[fault.file];
        file.first = file.first == nullptr ? &fault : file.first;
        file.flippedBits += fault.flippedBits;
        ++file.count;
        file.healed += fault.outcome == FaultOutcome::Healed ? 1 : 0;
        file.lost += fault.outcome == FaultOutcome::Lost ? 1 : 0;
    }
    std::vector<std::pair<std::string, FileFaults>> files(byFile.begin(), byFile.end());
    std::ranges::stable_sort(files,
        [](const auto& a, const auto& b) { return std::pair(a.second.lost, a.second.count) > std::pair(b.second.lost, b.second.count); });
    std::size_t nameWidth = 0;
    for (std::size_t i = 0; i < std::min(files.size(), kListedMax); ++i) {
        nameWidth = std::max(nameWidth, columns(escapeLine(files[i].first)));
    }
    for (std::size_t i = 0; i < std::min(files.size(), kListedMax); ++i) {
        const auto& [file, faults] = files[i];
        std::string what = faults.count == 1 ? describe(*faults.first) : counted(faults.count, "fault");
        if (faults.count != 1 && faults.flippedBits != 0) {
            what += ", " + counted(faults.flippedBits, "flipped bit");
        }
        printer.line(fmt::format("  {}  {}  {}", padRight(escapeLine(file), nameWidth), outcomeOf(faults, printer), what));
    }
    sayMore(printer, files.size());
}

void printLost(Printer& printer, const DamageReport& damage)
{
    if (damage.lost.empty() && damage.lostRecords == 0) {
        return;
    }
    printer.line(printer.bad(fmt::format("{} cannot be read:", counted(damage.lost.size(), "fragment"))));
    for (std::size_t i = 0; i < std::min(damage.lost.size(), kListedMax); ++i) {
        const LostItem& item = damage.lost[i];
        const std::string where = escapeLine(item.path.empty() ? item.title : item.path);
        printer.line(fmt::format("  {}  {}: {}", toString(item.id), where, escapeLine(item.what)));
    }
    sayMore(printer, damage.lost.size());
    if (damage.lostRecords > damage.lost.size()) {
        printer.line(fmt::format("  {} of the log cannot be read in all", counted(damage.lostRecords, "record")));
    }
}

void printEffort(Printer& printer, const DamageReport& damage)
{
    printer.extra(printer.dim(fmt::format(
        "{} ({}) read in {}", counted(damage.sectorsChecked, "sector"), humanBytes(damage.bytesRead), humanDuration(damage.tookUs))));
}

void reportProblems(Printer& printer, std::string_view summary, const std::vector<FileProblem>& problems)
{
    if (problems.empty() || printer.json()) {
        return;
    }
    std::string text = fmt::format("{}:", summary);
    for (std::size_t i = 0; i < std::min(problems.size(), kListedMax); ++i) {
        text += fmt::format("\n  {}: {}", escapeLine(problems[i].path), escapeLine(problems[i].reason));
    }
    if (problems.size() > kListedMax) {
        text += fmt::format("\n  and {} more; --json lists them all", grouped(problems.size() - kListedMax));
    }
    printer.warning(text);
}

ExitCode endCancelled(Printer& printer, std::string_view whatWasDone)
{
    const std::string sentence = fmt::format("stopped; the store is sound. {}", whatWasDone);
    printer.error("Cancelled", sentence, static_cast<int>(ExitCode::Cancelled));
    return ExitCode::Cancelled;
}

} // namespace carma::cli
