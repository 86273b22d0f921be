// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/drill.h>

#include <algorithm>
#include <string>

namespace carma {

namespace {

constexpr int kWidth = 960, kLabel = 90, kRow = 26, kBar = 16;

std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string numberOf(std::uint64_t value) { return std::to_string(value); }

/// Bars of the shard folders: `after` draws what became of the damage.
std::string picture(const std::vector<DrillMap>& maps, bool after)
{
    const int height = static_cast<int>(maps.size()) * kRow + 4;
    std::string svg = R"(<svg viewBox="0 0 )" + std::to_string(kWidth) + " " + std::to_string(height) + R"(" role="img" aria-label=")" +
        (after ? "sectors after healing" : "sectors before healing") + "\">\n";
    int y = 2;
    for (const DrillMap& map : maps) {
        svg += "<text x=\"0\" y=\"" + std::to_string(y + kBar - 3) + "\">" + escaped(map.folder) + "</text>\n";
        svg += "<rect class=\"sound\" x=\"" + std::to_string(kLabel) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
            std::to_string(kWidth - kLabel) + "\" height=\"" + std::to_string(kBar) + "\"/>\n";
        const double width = static_cast<double>(kWidth - kLabel) / static_cast<double>(std::max<std::size_t>(1, map.damaged.size()));
        for (std::size_t bin = 0; bin < map.damaged.size(); ++bin) {
            if (map.damaged[bin] == 0) {
                continue;
            }
            const char* kind = !after ? "damaged" : map.lost[bin] > 0 ? "lost" : "healed";
            svg += "<rect class=\"" + std::string(kind) + "\" x=\"" + std::to_string(kLabel + width * static_cast<double>(bin)) +
                "\" y=\"" + std::to_string(y) + "\" width=\"" + std::to_string(std::max(1.5, width)) + "\" height=\"" +
                std::to_string(kBar) + "\"><title>" + numberOf(map.damaged[bin]) + " damaged, " + numberOf(map.lost[bin]) +
                " lost</title></rect>\n";
        }
        y += kRow;
    }
    return svg + "</svg>\n";
}

std::string list(const std::vector<std::string>& items)
{
    std::string html = "<ul>\n";
    for (const std::string& item : items) {
        html += "<li>" + escaped(item) + "</li>\n";
    }
    return html + "</ul>\n";
}

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>CARMA drill</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2733;background:#fff}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin-top:2rem}
table{border-collapse:collapse}td{padding:.15rem 1.5rem .15rem 0;vertical-align:top}
svg{width:100%;height:auto}svg text{font-size:12px;fill:currentColor}
.sound{fill:#d9e2ea}.damaged{fill:#b3261e}.healed{fill:#1a7f4b}.lost{fill:#7a1fa2}
.mark{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .8em}
.mark.damaged{background:#b3261e}.mark.healed{background:#1a7f4b}.mark.lost{background:#7a1fa2}
.good{color:#12663b}.bad{color:#a31f18}
@media(prefers-color-scheme:dark){body{color:#e3e9ef;background:#14191f}.sound{fill:#2c3742}.damaged{fill:#ff7b72}.healed{fill:#3fb97a}
.lost{fill:#c792ea}.good{color:#5fd39a}.bad{color:#ff8f87}}
</style></head><body>
)";

} // namespace

std::string drillHtml(const DrillReport& report)
{
    std::string html(kHead);
    html += "<h1>Drill, seed " + numberOf(report.seed) + "</h1>\n";
    html += report.passed() ? "<p class=\"good\">Everything came back byte for byte.</p>\n"
                            : "<p class=\"bad\">Not everything came back; what is missing is named below.</p>\n";
    html += "<h2>What was done to the copy</h2>\n" + list(report.damage);
    html += "<h2>Sectors found damaged</h2>\n" + picture(report.maps, false);
    html += "<h2>After healing</h2>\n" + picture(report.maps, true);
    html += "<p>Each bar is a shard folder, from its first sector to its last. <span class=\"mark damaged\"></span>damaged "
            "<span class=\"mark healed\"></span>healed <span class=\"mark lost\"></span>lost; a mark tells its numbers under the "
            "pointer.</p>\n";
    html += "<table>\n";
    const auto row = [&](std::string_view label, const std::string& value) {
        html += "<tr><td>" + std::string(label) + "</td><td>" + escaped(value) + "</td></tr>\n";
    };
    row("shards", numberOf(report.dataShards) + " data + " + numberOf(report.parityShards) + " parity");
    row("copied", numberOf(report.copyBytes) + " bytes in " + numberOf(static_cast<std::uint64_t>(report.copyUs / 1000)) + " ms");
    row("faults",
        numberOf(report.heal.damage.faultsCount) + " found, " + numberOf(report.heal.healed) + " healed, " +
            numberOf(report.heal.unhealed) + " not");
    row("written by healing",
        numberOf(report.heal.bytesWritten) + " bytes in " + numberOf(static_cast<std::uint64_t>(report.healUs / 1000)) + " ms");
    row("documents", numberOf(report.same) + " of " + numberOf(report.documents) + " are the same, byte for byte");
    row("returned with other bytes", numberOf(report.lies.size()));
    row("history", report.verified ? "holds: every signature and hash" : "does not hold in full");
    html += "</table>\n";
    if (!report.different.empty()) {
        html += "<h2>Documents that lack something</h2>\n" + list(report.different);
    }
    if (!report.heal.notes.empty()) {
        html += "<h2>Notes</h2>\n" + list(report.heal.notes);
    }
    return html + "</body></html>\n";
}

} // namespace carma
