// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QDialog>
#include <QSortFilterProxyModel>

#include <vector>

class QLineEdit;
class QListView;

namespace carma::gui {

/// True if all letters of `typed` occur in `text` in this order, case ignored; spaces do not count.
bool matchesLoosely(const QString& typed, const QString& text);

/// Every command, found by typing some of its letters.
class CommandPalette : public QDialog {
    Q_OBJECT

public:
    CommandPalette(const std::vector<QAction*>& commands, QWidget* parent);
    [[nodiscard]] int shown() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void choose();

    std::vector<QAction*> m_commands; // owned by the frame, which outlives the dialog
    QLineEdit* m_line;
    QListView* m_list;
    QSortFilterProxyModel* m_filtered;
};

} // namespace carma::gui
