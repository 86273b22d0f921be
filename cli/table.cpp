// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "table.h"

#include "text.h"

#include <carma/assert.h>

#include <algorithm>

namespace carma::cli {

void Table::add(std::vector<std::string> cells)
{
    CARMA_ASSERT(cells.size() == m_columns.size());
    for (std::string& cell : cells) {
        cell = escapeLine(cell);
    }
    m_rows.push_back(std::move(cells));
}

void Table::print(Printer& printer) const
{
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        std::size_t width = columns(m_columns[i].heading);
        for (const auto& row : m_rows) {
            width = std::max(width, columns(row[i]));
        }
        widths.push_back(width);
    }
    const auto rowText = [&](const auto& cellAt) {
        std::string text;
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            const bool last = i + 1 == m_columns.size();
            const std::string& cell = cellAt(i);
            if (last && !m_columns[i].right) {
                const std::size_t used = columns(text);
                const std::size_t room = printer.width() > used + 8 ? printer.width() - used : 8;
                text += printer.stdoutIsTerminal() ? cut(cell, room) : cell; // pipes get everything
            } else {
                text += (m_columns[i].right ? padLeft(cell, widths[i]) : padRight(cell, widths[i])) + (last ? "" : "  ");
            }
        }
        return text;
    };
    printer.extra(printer.bold(rowText([&](std::size_t i) -> const std::string& { return m_columns[i].heading; })));
    for (const auto& row : m_rows) {
        printer.line(rowText([&](std::size_t i) -> const std::string& { return row[i]; }));
    }
}

} // namespace carma::cli
