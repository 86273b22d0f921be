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
    /// `otherVersions` of the documents are forgotten with them unless that is taken back.
    ForgetDialog(const std::vector<DocumentSummary>& documents, const std::vector<DocumentSummary>& otherVersions, QWidget* parent);
    static QString word(); ///< to be typed
    [[nodiscard]] bool now() const;
    [[nodiscard]] std::vector<FragmentId> ids() const;

private:
    std::vector<FragmentId> m_ids, m_otherIds;
    QLineEdit* m_typed;
    QCheckBox* m_now;
    QCheckBox* m_versions;
};

} // namespace carma::gui
