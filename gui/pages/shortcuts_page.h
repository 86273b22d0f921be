// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

class QTableWidget;

namespace carma::gui {

/// Every command with its shortcut.
class ShortcutsPage : public Page {
    Q_OBJECT

public:
    explicit ShortcutsPage(Shell& shell);
    void refresh() override;
    /// Gives the command of that row other keys, kept in the settings. False, and told, if another command has them.
    bool rebind(int row, const QKeySequence& keys);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildBar();

    Shell& m_shell;
    QTableWidget* m_table;
};

} // namespace carma::gui
