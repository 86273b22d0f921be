// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>

#include <QAbstractItemModel>

#include <vector>

namespace carma::gui {

/// The levels of one document: sections, passages, sentence groups.
class TreeModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column : int { Title, Level, Size, ColumnsCount };

    using QAbstractItemModel::QAbstractItemModel;
    void setTree(DocumentTree tree);
    [[nodiscard]] const TreeNode* node(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOf(const FragmentId& id) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    DocumentTree m_tree;
    std::vector<std::vector<std::uint32_t>> m_children; ///< by node
    std::vector<int> m_rows;                            ///< each node's place among its siblings
};

} // namespace carma::gui
