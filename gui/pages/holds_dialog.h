// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/rows_model.h"

#include <carma/audit.h>

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace carma::gui {

class Shell;

/// A legal hold with the names of what it holds.
struct NamedHold {
    LegalHold hold;
    std::string space;    ///< name of the namespace; its id if it has none any more
    std::string document; ///< path or title; empty: the whole namespace
};
using HoldsModel = RowsModel<NamedHold>;
HoldsModel* makeHoldsModel(QObject* parent);

/// Legal holds: what is held can neither be forgotten nor purged nor erased.
class HoldsDialog : public QDialog {
    Q_OBJECT

public:
    HoldsDialog(Shell& shell, QWidget* parent);
    void place();   ///< on what was typed
    void release(); ///< the chosen one, for the reason that was typed
    [[nodiscard]] const HoldsModel* model() const { return m_model; }

private:
    void load();
    void check();
    void ended(const Result<void>& done, const QString& line);

    Shell& m_shell;
    HoldsModel* m_model;
    QTableView* m_table;
    QLineEdit* m_target;
    QLineEdit* m_reason;
    QPushButton* m_place;
    QPushButton* m_release;
    QLabel* m_news;
};

} // namespace carma::gui
