// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace carma::gui {

/// The text of a document, to be kept as its next version.
class EditDialog : public QDialog {
    Q_OBJECT

public:
    EditDialog(const QString& title, const QString& words, QWidget* parent);
    [[nodiscard]] QString words() const;

protected:
    void reject() override; ///< asks first if something was typed

private:
    QPlainTextEdit* m_text;
    QPushButton* m_keep;
    QLabel* m_news;
    bool m_sure = false;
};

} // namespace carma::gui
