// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/health.h>

#include <QAbstractTableModel>

#include <vector>

namespace carma::gui {

/// Damaged places, the last seen first.
class FaultsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : int { Outcome, Kind, File, Sector, Bits, Seen, Times, ColumnsCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setFaults(std::vector<RememberedFault> faults);
    [[nodiscard]] int firstOf(const QString& file) const; ///< row, or -1

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<RememberedFault> m_faults;
};

/// What could not be read, by name.
class LostModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;
    void setItems(std::vector<LostItem> items);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<LostItem> m_items;
};

} // namespace carma::gui
