// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>

#include <QAbstractTableModel>

namespace carma::gui {

/// Answers to a query, best first.
class HitsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : int { Score, Text, Document, Place, ColumnsCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setAnswer(QueryAnswer answer);
    [[nodiscard]] const QueryAnswer& answer() const { return m_answer; }
    [[nodiscard]] const QueryHit* hit(int row) const;
    /// How the score of a hit came about, a line for each term.
    [[nodiscard]] QString explanation(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QueryAnswer m_answer;
};

} // namespace carma::gui
