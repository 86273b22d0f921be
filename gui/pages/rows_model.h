// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QIcon>

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace carma::gui {

/// A column of a table: what stands above it, and what stands in it for a row.
template <typename Row> struct RowsColumn {
    QString title;
    std::function<QString(const Row&)> text;
    bool figure = false;                          ///< aligned to the right
    std::function<QVariant(const Row&)> order{};  ///< what it is sorted by; default: the text
    std::function<QIcon(const Row&)> mark{};      ///< beside the text
    std::function<QString(const Row&)> explain{}; ///< tool tip
};

/// A list of values as a table. Rows that stay keep their place and selection when the list is set again, as long as it only grew.
template <typename Row> class RowsModel : public QAbstractTableModel {
public:
    static constexpr int kOrderRole = Qt::UserRole + 1;

    /// `identity` tells rows apart over time.
    RowsModel(std::vector<RowsColumn<Row>> columns, std::function<std::string(const Row&)> identity, QObject* parent = nullptr)
        : QAbstractTableModel(parent), m_columns(std::move(columns)), m_identity(std::move(identity))
    {
    }

    void setRows(std::vector<Row> rows)
    {
        if (!beginsLike(rows)) {
            beginResetModel();
            m_rows = std::move(rows);
            endResetModel();
            return;
        }
        const auto before = static_cast<std::ptrdiff_t>(m_rows.size());
        std::move(rows.begin(), rows.begin() + before, m_rows.begin());
        emit dataChanged(index(0, 0), index(static_cast<int>(before) - 1, columnCount() - 1));
        if (std::ssize(rows) > before) {
            beginInsertRows({}, static_cast<int>(before), static_cast<int>(rows.size()) - 1);
            std::move(rows.begin() + before, rows.end(), std::back_inserter(m_rows));
            endInsertRows();
        }
    }

    [[nodiscard]] const Row* row(int number) const
    {
        return number >= 0 && number < rowCount() ? &m_rows[static_cast<std::size_t>(number)] : nullptr;
    }
    [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }
    [[nodiscard]] std::string identity(int number) const { return row(number) != nullptr ? m_identity(*row(number)) : std::string(); }
    [[nodiscard]] int find(const std::string& identity) const ///< row, or -1
    {
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            if (m_identity(m_rows[i]) == identity) {
                return static_cast<int>(i);
            }
        }
        return -1;
    }

    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_columns.size()); }

    QVariant data(const QModelIndex& index, int role) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
            return {};
        }
        const RowsColumn<Row>& column = m_columns[static_cast<std::size_t>(index.column())];
        const Row& one = m_rows[static_cast<std::size_t>(index.row())];
        switch (role) {
        case Qt::DisplayRole: return column.text(one);
        case Qt::DecorationRole: return column.mark ? QVariant(column.mark(one)) : QVariant();
        case Qt::ToolTipRole: return column.explain ? column.explain(one) : column.text(one);
        case kOrderRole: return column.order ? column.order(one) : QVariant(column.text(one));
        case Qt::TextAlignmentRole: return alignment(column);
        default: return {};
        }
    }

    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
            return {};
        }
        const RowsColumn<Row>& column = m_columns[static_cast<std::size_t>(section)];
        return role == Qt::DisplayRole ? QVariant(column.title) : role == Qt::TextAlignmentRole ? alignment(column) : QVariant();
    }

private:
    static QVariant alignment(const RowsColumn<Row>& column)
    {
        return QVariant::fromValue(Qt::AlignVCenter | (column.figure ? Qt::AlignRight : Qt::AlignLeft));
    }
    [[nodiscard]] bool beginsLike(const std::vector<Row>& rows) const
    {
        if (m_rows.empty() || rows.size() < m_rows.size()) {
            return false;
        }
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            if (m_identity(rows[i]) != m_identity(m_rows[i])) {
                return false;
            }
        }
        return true;
    }

    const std::vector<RowsColumn<Row>> m_columns;
    const std::function<std::string(const Row&)> m_identity;
    std::vector<Row> m_rows;
};

} // namespace carma::gui
