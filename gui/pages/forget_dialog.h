// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>

#include <QDialog>

class QCheckBox;
class QLineEdit;

namespace carma::gui {

/// Names what would be forgotten, and lets it be done only after a word was typed.
class ForgetDialog : public QDialog {
    Q_OBJECT

public:
    ForgetDialog(const std::vector<DocumentSummary>& documents, QWidget* parent);
    static QString word(); ///< to be typed
    [[nodiscard]] bool now() const;
    [[nodiscard]] std::vector<FragmentId> ids() const { return m_ids; }

private:
    std::vector<FragmentId> m_ids;
    QLineEdit* m_typed;
    QCheckBox* m_now;
};

} // namespace carma::gui
