// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "printer.h"

#include <string>
#include <vector>

namespace carma::cli {

/// Columns of text with a heading. Cells are escaped; the last column is cut to the width of the terminal.
class Table {
public:
    struct Column {
        std::string heading;
        bool right = false; ///< numbers stand to the right
    };
    explicit Table(std::vector<Column> columns) : m_columns(std::move(columns)) {}

    /// REQUIRES: one cell a column
    void add(std::vector<std::string> cells);
    void print(Printer& printer) const;
    [[nodiscard]] bool empty() const { return m_rows.empty(); }

private:
    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

} // namespace carma::cli
